import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of a JSON Schema that the reference shows. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema | boolean;
  readonly additionalProperties?: Schema | boolean;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
  readonly example?: unknown;
}

export interface MediaType {
  readonly schema?: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, NamedExample | { readonly $ref: string }>>;
}

export interface NamedExample {
  readonly summary?: string;
  readonly value?: unknown;
}

export interface OpenResponse {
  readonly description?: string;
  readonly headers?: Readonly<Record<string, { readonly description?: string; readonly $ref?: string }>>;
  readonly content?: Readonly<Record<string, MediaType>>;
  readonly $ref?: string;
}

/** An operation together with its method and path. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly description?: string;
    readonly content: Readonly<Record<string, MediaType>>;
  };
  readonly responses: Readonly<Record<string, OpenResponse>>;
}

/** The OpenAPI document, as far as the reference shows it. */
export interface OpenApi {
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly summary?: string;
    readonly description?: string;
  };
  readonly tags: ReadonlyArray<{ readonly name: string; readonly description: string }>;
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, Schema>>;
  /** The object that a reference within the document leads to; throws if there is none. */
  readonly resolve: <T extends object>(value: T | { readonly $ref: string }) => T;
}

interface Document {
  readonly info: OpenApi['info'];
  readonly tags: OpenApi['tags'];
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components: { readonly schemas: OpenApi['schemas'] };
}

type RawOperation = Omit<Operation, 'method' | 'path' | 'parameters' | 'tags'> & {
  readonly tags?: readonly string[];
  readonly parameters?: ReadonlyArray<Parameter | { readonly $ref: string }>;
};

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** Reads `docs/openapi.json` of a checkout, which is generated from the route table. */
export function readOpenApi(root: string): OpenApi {
  const document = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as Document; // generated
  const resolve = <T extends object>(value: T | { readonly $ref: string }): T =>
    '$ref' in value && typeof value.$ref === 'string'
      ? resolve(referenced<T>(document, value.$ref))
      : (value as T); // no reference
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({
        ...operation,
        method: method.toUpperCase(),
        path,
        tags: operation.tags ?? [],
        parameters: (operation.parameters ?? []).map((parameter) => resolve<Parameter>(parameter)),
      })),
  );
  return {
    info: document.info,
    tags: document.tags,
    operations,
    schemas: document.components.schemas,
    resolve,
  };
}

function referenced<T>(document: object, reference: string): T {
  const found = reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document);
  if (found === undefined) throw new Error(`The OpenAPI document has no ${reference}`);
  return found as T; // the document is generated
}
