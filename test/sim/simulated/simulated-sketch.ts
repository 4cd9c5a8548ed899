import type { ServiceDefinition } from '../../../core/contract/schemas/service-schemas.ts';
import { definitionDigest } from '../../../core/services/model/definition-digest.ts';

/** A development version, whose definition is replaced while jobs use it. */
export const sketch = { tenant: 'local', name: 'sketch', version: '0.1.0-dev' } as const;

/** The editions of its definition. */
export const editions = [0, 1, 2, 3] as const;

/** The default of a parameter, the function and the schema of the result contain the number of the edition. */
export function sketchDefinition(edition: number): ServiceDefinition {
  const properties = { edition: { const: edition, default: edition } };
  return {
    parameters: { type: 'object', properties },
    result: { type: 'object', properties, required: ['edition'] },
    dispatcher: { kind: 'lambda', functionName: `errand-service-sketch-${edition}` },
  };
}

/** The edition of a function; undefined for the functions of other services. */
export function editionOfFunction(functionName: string): number | undefined {
  const [, edition] = /^errand-service-sketch-(\d+)$/.exec(functionName) ?? [];
  return edition === undefined ? undefined : Number(edition);
}

/** The edition with this digest; undefined if no edition has it. */
export function editionOfDigest(digest: string): number | undefined {
  return editions.find((edition) => definitionDigest(sketchDefinition(edition)) === digest);
}
