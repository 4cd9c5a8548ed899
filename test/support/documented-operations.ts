import { type OperationId, routes } from '../../core/contract/routes/routes.ts';
import document from '../../docs/openapi.json' with { type: 'json' };

/** An operation of the OpenAPI document. */
export interface DocumentedOperation {
  readonly operationId: OperationId;
  readonly parameters?: readonly { readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: object;
}

const schemas: Readonly<Record<string, unknown>> = document.components.schemas;
const paths: Readonly<Record<string, object>> = document.paths;

/** All operations of the document, in the order of the route table. */
export function documentedOperations(): readonly DocumentedOperation[] {
  const found = Object.values(paths).flatMap((methods) => Object.values(methods));
  return routes.map(({ operationId }) => {
    const operation = found.find((one) => (one as Partial<DocumentedOperation>).operationId === operationId); // a path has other members too
    if (operation === undefined) throw new Error(`The document does not contain ${operationId}`);
    return operation as DocumentedOperation;
  });
}

/** Whether a part of the document, or a schema that it refers to, has an object that meets the condition. */
export function hasNode(
  part: unknown,
  condition: (node: Readonly<Record<string, unknown>>) => boolean,
  visited = new Set<string>(),
): boolean {
  if (typeof part !== 'object' || part === null) return false;
  const node = part as Readonly<Record<string, unknown>>; // JSON
  const { $ref: reference } = node;
  if (typeof reference === 'string') {
    if (visited.has(reference)) return false;
    visited.add(reference);
    return hasNode(schemas[reference.split('/').at(-1) ?? ''], condition, visited);
  }
  return condition(node) || Object.values(node).some((child) => hasNode(child, condition, visited));
}
