import type { Screen } from './screen.ts';
import { showStatus } from './show-status.ts';

/** Runs a part of a program that may take seconds, and may show its title to the user. */
export type Step = <Result>(title: string, run: () => Promise<Result>) => Promise<Result>;

/** Shows nothing. */
export const silentStep: Step = (_title, run) => run();

/** Shows the title of a step with the time since its start, and its duration when it has succeeded. */
export function stepOn(screen: Screen): Step {
  return async (title, run) => {
    const startedAt = performance.now();
    const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
    const status = showStatus(screen, () => `${title} … ${seconds().replace('0.0 s', '')}`.trimEnd());
    try {
      const result = await run();
      status.end();
      screen.print(`${title}: ${screen.style('green', 'done')} ${screen.style('dim', `(${seconds()})`)}`);
      return result;
    } finally {
      status.end();
    }
  };
}
