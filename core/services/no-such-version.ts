import { ProblemError } from '../contract/problems/problem-error.ts';
import type { VersionHead } from '../ports/service-store.ts';
import { newestFirst } from './model/version-order.ts';

const maxSuggestions = 5;

/** Creates a `service-not-found` problem that suggests the newest versions. */
export function noSuchVersion(detail: string, versions: readonly VersionHead[]): ProblemError {
  const suggestions = newestFirst(versions)
    .slice(0, maxSuggestions)
    .map(({ version }) => version);
  return new ProblemError('service-not-found', detail, { suggestions });
}
