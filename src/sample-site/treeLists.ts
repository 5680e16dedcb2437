/**
 * What lies where in the content tree: `/descendants`, `/direct-children` and `/ancestors` of pages, folders, whiteboards,
 * databases and embeds. As everywhere, what the viewer may not see is taken out after paging.
 */
import { type Answer, badParameter, notFound, Refusal } from "./answers.ts"
import { nodeNumber, type TreeNode } from "./contentTree.ts"
import type { ParentType } from "./contentTypes.ts"
import { ANCESTORS, DESCENDANTS, DIRECT_CHILDREN } from "./listForms.ts"
import { compare, type EndpointRequest, PagedLists } from "./PagedLists.ts"
import type { Viewer } from "./SiteContent.ts"

/** The depth down to which `/descendants` goes unless it is told. */
const USUAL_DEPTH = 2

/** So many walks of descendants are remembered, for their next pages. */
const MOST_WALKS = 16

/** The numbers of the nodes below another, in the order in which they are told, with the depth of each. */
interface Walk {
  readonly numbers: Float64Array
  readonly depths: Uint8Array
}

export class TreeLists extends PagedLists {
  private readonly walks = new Map<string, Walk>()

  /** `GET /folders/{id}/descendants` and the like: level by level, the highest first. */
  descendants(request: EndpointRequest, type: ParentType): Answer {
    const p = this.parameters(request, DESCENDANTS)
    const { root, shows } = this.root(request, type)
    const depth = Number(p.text("depth") ?? USUAL_DEPTH)
    const { numbers, depths } = shows ? this.walk(root, depth, request.viewer) : EMPTY_WALK
    const { after, before } = this.cursor(request)
    const found =
      after === undefined
        ? 0
        : numbers.findIndex((number, i) => compare(depths[i]!, number, after.key, after.ordinal) > 0)
    const at = found < 0 ? numbers.length : found
    const end = at + this.pageSize(p)
    const rows = Array.from(numbers.subarray(at, end), (number, i) => ({
      node: this.site.tree.node(number) as TreeNode,
      depth: depths[at + i]!,
    }))
    const next = end < numbers.length ? { key: depths[end - 1]!, ordinal: numbers[end - 1]! } : undefined
    const shown = rows.filter(({ node }) => this.site.contentVisible(node, request.viewer))
    return this.answer(request, shown, next, before, 400, (w, row) => this.rows.descendant(w, row.node, row.depth))
  }

  /** `GET /folders/{id}/direct-children` and the like. */
  directChildren(request: EndpointRequest, type: ParentType): Answer {
    const p = this.parameters(request, DIRECT_CHILDREN)
    const { root, shows } = this.root(request, type)
    const { field, descending } = p.sort()
    const keyOf = SORTS[field === "" ? "child-position" : field] as (node: TreeNode) => number | string
    const { after, before } = this.cursor(request)
    const direction = descending ? -1 : 1
    const children = (shows ? this.site.tree.children(root) : [])
      .filter((node) => this.isListed(node))
      .map((node) => ({ node, key: keyOf(node), ordinal: nodeNumber(node) }))
      .filter((row) => after === undefined || compare(row.key, row.ordinal, after.key, after.ordinal) * direction > 0)
      .sort((a, b) => compare(a.key, a.ordinal, b.key, b.ordinal) * direction)
    const limit = this.pageSize(p)
    const last = children[limit - 1]
    const next = children.length > limit && last !== undefined ? { key: last.key, ordinal: last.ordinal } : undefined
    const shown = children.slice(0, limit).filter(({ node }) => this.site.contentVisible(node, request.viewer))
    return this.answer(request, shown, next, before, 400, (w, { node }) => this.rows.child(w, node))
  }

  /** `GET /folders/{id}/ancestors` and the like: the nearest `limit` of them, the highest first; nothing else cuts them off. */
  ancestors(request: EndpointRequest, type: ParentType): Answer {
    const p = this.parameters(request, ANCESTORS)
    const { root } = this.root(request, type)
    const { hiddenAncestors } = this.site.settings.quirks
    const found = this.site.tree
      .above(root)
      .filter((node) => hiddenAncestors || this.site.contentVisible(node, request.viewer))
      .slice(0, p.limit())
    return this.answer(request, found.toReversed(), undefined, 0, 60, (w, node) =>
      w.text(`{"id":"${node.id}","type":"${node.type}"`),
    )
  }

  /** The content that is asked about, and whether its lists show anything. */
  private root({ parts: [id = ""], path, viewer }: EndpointRequest, type: ParentType) {
    if (!/^\d{1,19}$/.test(id)) throw new Refusal(badParameter(id, "id", "long"))
    const root = this.site.treeNode(id)
    const { listsOfTrashed, treeOfOtherType } = this.site.settings.quirks
    const isFound =
      root !== undefined &&
      this.site.contentVisible(root, viewer) &&
      (root.type === type || treeOfOtherType === "taken") &&
      (root.status !== "trashed" || listsOfTrashed !== "404")
    if (!isFound) throw new Refusal(notFound(path))
    return { root, shows: root.status !== "trashed" || listsOfTrashed === "all" }
  }

  private isListed({ status }: TreeNode): boolean {
    return status === "current" || (status === "archived" && this.site.settings.quirks.archivedInTree)
  }

  /** All of a walk at once: asked for again with each page, so the last ones are remembered as long as nothing changes. */
  private walk(root: TreeNode, depth: number, viewer: Viewer): Walk {
    const { belowLeftOut, belowHidden, archivedInTree } = this.site.settings.quirks
    const name = [root.id, depth, viewer, belowLeftOut, belowHidden, archivedInTree, this.site.tree.generation].join()
    const known = this.walks.get(name)
    if (known !== undefined) return known
    const isEntered = (node: TreeNode) =>
      (belowLeftOut || this.isListed(node)) && (belowHidden || this.site.contentVisible(node, viewer))
    const found = this.site.tree.below(root, depth, isEntered).filter(({ node }) => this.isListed(node))
    const walk = {
      numbers: Float64Array.from(found, ({ node }) => nodeNumber(node)),
      depths: Uint8Array.from(found, (each) => each.depth),
    }
    const [oldest] = this.walks.keys()
    if (this.walks.size >= MOST_WALKS && oldest !== undefined) this.walks.delete(oldest)
    this.walks.set(name, walk)
    return walk
  }
}

const EMPTY_WALK: Walk = { numbers: new Float64Array(), depths: new Uint8Array() }

/** What the sort fields of direct children compare; content without a position comes last. */
const SORTS: Readonly<Record<string, (node: TreeNode) => number | string>> = {
  "child-position": (node) => node.position ?? Number.MAX_SAFE_INTEGER,
  "created-date": (node) => node.createdAt,
  "modified-date": (node) => node.version.at,
  id: () => 0,
  title: (node) => node.title,
}
