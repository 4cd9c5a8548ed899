import { serviceName, serviceVersion } from '../../contract/names.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { Fault } from '../../contract/problems/problem-schema.ts';

/** Throws `invalid-request` when the name or version in the path is invalid; the detail states which one. */
export function checkServicePath(path: { readonly name: string; readonly version?: string }): void {
  const faults = [
    ...partFaults('name', path.name),
    ...(path.version === undefined ? [] : partFaults('version', path.version)),
  ];
  const detail = faults.map((fault) => fault.detail).join('; ');
  if (faults.length > 0) throw new ProblemError('invalid-request', detail, { errors: faults });
}

function partFaults(part: 'name' | 'version', text: string): Fault[] {
  const parsed = (part === 'name' ? serviceName : serviceVersion).safeParse(text);
  if (parsed.success) return [];
  const reason = parsed.error.issues.map(({ message }) => message).join(', ');
  return [{ pointer: '', detail: `The ${part} in the path ${reason}`, keyword: 'path' }];
}
