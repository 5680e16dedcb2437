/**
 * The content tree of a site as it is now: what lies below what. What was generated is laid out once, in numbers, when the
 * tree is first asked for; what was changed or created since lies over it.
 */
import type { Collection } from "./Collection.ts"
import type { ContentItem, ContentSource } from "./pages.ts"
import type { TreeItem, TreeItemSource } from "./treeItems.ts"

type PageItem = ContentItem & { readonly type: "page" }

/** A page, folder, whiteboard, database or embed. */
export type TreeNode = PageItem | TreeItem

/** What comes out of the collection of pages is a page. */
export const pageNode = (item: ContentItem): PageItem => item as PageItem

/** A number for each node of the tree, ascending with creation within a kind. */
export const nodeNumber = (node: TreeNode): number => node.ordinal * 2 + (node.type === "page" ? 0 : 1)

/** The generated children of each generated node: those of node n are `children[offsets[n] … offsets[n + 1])`. */
interface Layout {
  readonly offsets: Uint32Array
  readonly children: Uint32Array
}

/** A node below another, and how deep: 1 is a child. */
export interface Below {
  readonly node: TreeNode
  readonly depth: number
}

export class ContentTree {
  private readonly pages: Collection<ContentItem>
  private readonly items: Collection<TreeItem>
  private readonly sources: { readonly page: ContentSource; readonly item: TreeItemSource }
  private readonly find: (id: string | null) => TreeNode | undefined
  private layout: Layout | undefined
  private changed:
    | { readonly generation: string; readonly children: ReadonlyMap<string | null, TreeNode[]> }
    | undefined

  constructor(
    pages: Collection<ContentItem>,
    items: Collection<TreeItem>,
    sources: { readonly page: ContentSource; readonly item: TreeItemSource },
    find: (id: string) => TreeNode | undefined,
  ) {
    this.pages = pages
    this.items = items
    this.sources = sources
    this.find = (id) => (id === null ? undefined : find(id))
  }

  /** Another text after every change of the tree. */
  get generation(): string {
    return `${this.pages.changes} ${this.items.changes}`
  }

  /** The node of a number; undefined where there never was one. */
  node(number: number): TreeNode | undefined {
    if (number % 2 === 1) return this.items.get((number - 1) / 2)
    const page = this.pages.get(number / 2)
    return page && pageNode(page)
  }

  /** What lies directly below a node, whatever its status; what was purged does not. */
  children(parent: TreeNode): TreeNode[] {
    const generated = this.generatedChildren(parent)
    const changed = (this.changedChildren().get(parent.id) ?? []).filter((node) => !node.gone)
    return [...generated, ...changed].sort((a, b) => nodeNumber(a) - nodeNumber(b))
  }

  /**
   * All that lies below a node, level by level, down to a depth. `enters` tells of which nodes the children are looked at too;
   * those of the node itself always are.
   */
  below(root: TreeNode, depth = Number.POSITIVE_INFINITY, enters: (node: TreeNode) => boolean = () => true): Below[] {
    const found: Below[] = []
    let level = [root]
    for (let at = 1; at <= depth && level.length > 0; at++) {
      const next = level.flatMap((node) => this.children(node)).sort((a, b) => nodeNumber(a) - nodeNumber(b))
      for (const node of next) found.push({ node, depth: at })
      level = next.filter(enters)
    }
    return found
  }

  /** What a node lies under, at every height, the nearest first; it ends where a parent was purged. */
  above(node: TreeNode): TreeNode[] {
    const found: TreeNode[] = []
    for (let at = this.find(node.parentId); at !== undefined; at = this.find(at.parentId)) found.push(at)
    return found
  }

  private generatedChildren(parent: TreeNode): TreeNode[] {
    const { page, item } = this.sources
    const isPage = parent.type === "page"
    if (parent.ordinal >= (isPage ? page : item).count) return []
    const { offsets, children } = (this.layout ??= this.laidOut())
    const node = isPage ? parent.ordinal : page.count + parent.ordinal
    const found: TreeNode[] = []
    for (let at = offsets[node]!; at < offsets[node + 1]!; at++) {
      const child = children[at]!
      if (child < page.count) {
        if (this.pages.changedItem(child) === undefined) found.push(pageNode(page.item(child)))
      } else if (this.items.changedItem(child - page.count) === undefined) found.push(item.item(child - page.count))
    }
    return found
  }

  private changedChildren(): ReadonlyMap<string | null, TreeNode[]> {
    const { generation } = this
    if (this.changed?.generation !== generation) {
      const nodes: TreeNode[] = [...this.pages.changedItems().map(pageNode), ...this.items.changedItems()]
      this.changed = { generation, children: Map.groupBy(nodes, ({ parentId }) => parentId) }
    }
    return this.changed.children
  }

  private laidOut(): Layout {
    const { page, item } = this.sources
    const count = page.count + item.count
    const parents = new Int32Array(count)
    const offsets = new Uint32Array(count + 1)
    for (let node = 0; node < count; node++) {
      const parent = node < page.count ? page.parentNode(node) : item.parentNode(node - page.count)
      parents[node] = parent
      if (parent >= 0) offsets[parent + 1]!++
    }
    for (let node = 0; node < count; node++) offsets[node + 1]! += offsets[node]!
    const free = offsets.slice()
    const children = new Uint32Array(offsets[count]!)
    for (let node = 0; node < count; node++) if (parents[node]! >= 0) children[free[parents[node]!]!++] = node
    return { offsets, children }
  }
}
