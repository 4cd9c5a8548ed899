import type { SeededRandom } from '../seeded-random.ts';

/** A choice, and how often it is made in relation to the others. */
export type Weighted<Choice> = readonly [weight: number, choice: Choice];

/** One of several choices. */
export function anyOf<Choice>(random: SeededRandom, choices: ReadonlyArray<Weighted<Choice>>): Choice {
  let left = random.fraction() * choices.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, choice] of choices) {
    left -= weight;
    if (left < 0) return choice;
  }
  throw new Error('There is nothing to choose from');
}
