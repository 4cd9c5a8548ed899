import { serviceName, serviceVersion } from '../../contract/names.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';

/** Throws `invalid-request` when the name or version in the path is invalid; the detail states which one. */
export function checkServicePath(path: { readonly name: string; readonly version?: string }): void {
  const violations = [
    ...partViolations('name', path.name),
    ...(path.version === undefined ? [] : partViolations('version', path.version)),
  ];
  const detail = violations.map((violation) => violation.detail).join('; ');
  if (violations.length > 0) throw new ProblemError('invalid-request', detail, { errors: violations });
}

function partViolations(part: 'name' | 'version', text: string): Violation[] {
  const parsed = (part === 'name' ? serviceName : serviceVersion).safeParse(text);
  if (parsed.success) return [];
  const reason = parsed.error.issues.map(({ message }) => message).join(', ');
  return [{ pointer: '', detail: `The ${part} in the path ${reason}`, keyword: 'path' }];
}
