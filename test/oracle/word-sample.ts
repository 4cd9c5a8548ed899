/** A text with capitals, apostrophes and an umlaut. */
export const sampleText = 'The cat saw the dog. The dog didn’t see the cat; Ägypten saw nobody.';

/** The result of the container program examples/python-batch for it, with the three commonest words; counted by hand. */
export const sampleStatistics = {
  words: 14,
  distinct: 8,
  longest: 'ägypten',
  commonest: [
    { word: 'the', count: 4 },
    { word: 'cat', count: 2 },
    { word: 'dog', count: 2 },
  ],
};
