import { violationsError } from '../../../contract/problems/problem-error.ts';
import type { Submission } from '../../../contract/schemas/submission-schemas.ts';
import type { Service } from '../../../services/model/service.ts';

/**
 * Checks whether a submission with `reuse` may reuse a result. Throws `invalid-request` for a service that is not deterministic, and
 * for a job that cannot end immediately: a draft, and a job with dependencies.
 * @param service undefined if the submission names none
 */
export function checkReuse(submission: Submission, service: Service | undefined): void {
  const detail = refusalOf(submission, service);
  if (detail !== undefined)
    throw violationsError('invalid-request', [{ pointer: '/reuse', detail, keyword: 'reuse' }]);
}

function refusalOf({ start, dependsOn }: Submission, service: Service | undefined): string | undefined {
  if (start === false) return 'cannot be combined with `start: false`, because a draft is not run';
  if (dependsOn !== undefined)
    return 'cannot be combined with `dependsOn`, because the job may have to wait for other jobs';
  if (service === undefined || service.definition.deterministic === true) return undefined;
  return `requires a deterministic service; the definition of ${service.name} ${service.version} lacks \`deterministic: true\``;
}
