/** Puts a mutation into the text of the module that it is of. */
import { type Mutation, MUTATIONS } from "../mutations.ts"

/** The module's text with the mutation in it. It fails where the code has moved, so that no mutation is lost unnoticed. */
export const mutated = (source: string, { name, file, text, instead }: Mutation): string => {
  const pieces = source.split(text)
  if (pieces.length === 2) return pieces.join(instead)
  const found = pieces.length === 1 ? "does not stand there any more" : `stands there ${pieces.length - 1} times`
  throw new Error(
    `The mutation "${name}" puts something in the place of one text in ${file}, but that ${found}: ${text}\n` +
      `If the code has moved, give the mutation its new text (test/simulation/defects).`,
  )
}

/** The mutation of a name. */
export const mutationOf = (name: string | undefined): Mutation => {
  const mutation = MUTATIONS.find((each) => each.name === name)
  if (mutation === undefined) throw new Error(`There is no mutation "${name}".`)
  return mutation
}
