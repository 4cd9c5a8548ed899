import { ProblemError } from '../../core/contract/problems/problem-error.ts';
import { unlessInjected } from './faulty.ts';

/** The result of a call with retries; its refusal is final. */
export async function untilServed<Result>(call: () => Promise<Result>): Promise<Result | 'refused'> {
  for (;;) {
    try {
      const received = await unlessInjected(call());
      if (received !== undefined) return received;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (error.slug !== 'unavailable') return 'refused';
    }
  }
}
