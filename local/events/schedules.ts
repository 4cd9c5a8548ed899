import { longTimer } from './long-timer.ts';
import type { Rule } from './rule.ts';

/**
 * Fires every rule that has a schedule, with one timer per rule. Times that passed while nothing ran are not
 * made up for, as on AWS.
 */
export function startSchedules(rules: readonly Rule[], fire: (rule: Rule) => void): { stop(): void } {
  const cancels = new Map<string, () => void>();
  const arm = (rule: Rule): void => {
    const next = rule.schedule?.(new Date());
    if (next === undefined || next === null) return;
    const cancel = longTimer(next.getTime() - Date.now(), () => {
      arm(rule);
      fire(rule);
    });
    cancels.set(rule.arn, cancel);
  };
  for (const rule of rules) arm(rule);
  return {
    stop: () => {
      for (const cancel of cancels.values()) cancel();
    },
  };
}
