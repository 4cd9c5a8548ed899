/** A fault that the simulation must find: one changed part of a file, or several that implement the same guard. */
export interface Mutation {
  readonly what: string;
  readonly edits: readonly Edit[];
}

/** A text within the declaration of that name, wherever its file is. */
export interface Edit {
  readonly within: string;
  readonly from: string;
  readonly to: string;
}
