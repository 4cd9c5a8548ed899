import { type OperationId, routes } from '../../../core/contract/routes/routes.ts';
import document from '../../../docs/openapi.json' with { type: 'json' };

/** Members that contain a presigned URL; links to other routes have other names. */
const urlMembers = ['url', 'uploadUrl'];

const schemas: Readonly<Record<string, unknown>> = document.components.schemas;
const paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> = document.paths;

/** The operations whose documented responses can contain a presigned URL: in a member, or as the target of a 303. */
export function operationsWithUrls(): readonly OperationId[] {
  const documented = Object.values(paths).flatMap((methods) => Object.values(methods));
  return routes
    .map(({ operationId }) => operationId)
    .filter((operationId) => {
      const { responses } = documented.find(isNamed(operationId)) ?? { responses: {} };
      return '303' in responses || hasUrl(responses, new Set());
    });
}

function isNamed(operationId: string) {
  return (operation: unknown): operation is { readonly responses: object } =>
    typeof operation === 'object' && (operation as { operationId?: unknown }).operationId === operationId; // any member
}

function hasUrl(node: unknown, visited: Set<string>): boolean {
  if (typeof node !== 'object' || node === null) return false;
  const { $ref: reference, properties } = node as { $ref?: unknown; properties?: object }; // any member
  if (typeof reference === 'string') {
    if (visited.has(reference)) return false;
    visited.add(reference);
    return hasUrl(schemas[reference.split('/').at(-1) ?? ''], visited);
  }
  if (urlMembers.some((member) => Object.hasOwn(properties ?? {}, member))) return true;
  return Object.values(node).some((child) => hasUrl(child, visited));
}
