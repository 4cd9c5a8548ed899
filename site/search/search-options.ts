/** Options of the search, with which the index is built and read. */
export const searchOptions = {
  fields: ['heading', 'title', 'text'],
  storeFields: ['title', 'heading', 'excerpt', 'url'],
  // Names such as `max-attempts` and `maxAttempts` are found by their parts too.
  tokenize: (text: string) =>
    text.split(/[\s\p{P}=<>`|+$^~]+/u).flatMap((word) => {
      const parts = word.split(/(?<=[a-z])(?=[A-Z])/);
      return parts.length > 1 ? [word, ...parts] : [word];
    }),
};
