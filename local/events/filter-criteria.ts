import { isRecord } from '../json.ts';
import { compileEventPattern } from './event-pattern.ts';

/**
 * Compiles the `FilterCriteria` of an event source mapping: a record passes if any filter matches it, or if there are
 * no filters. Throws an error that names `where` for a filter that is not supported.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function compileFilters(criteria: unknown, where: string): (record: unknown) => boolean {
  const filters: readonly unknown[] =
    isRecord(criteria) && Array.isArray(criteria['Filters']) ? criteria['Filters'] : [];
  if (filters.length === 0) return () => true;
  const matchers = filters.map((filter, index) => {
    const location = `${where}, filter ${index}`;
    if (!isRecord(filter) || typeof filter['Pattern'] !== 'string')
      throw new Error(`${location}: must have a Pattern`);
    return compileEventPattern(JSON.parse(filter['Pattern']), location);
  });
  return (record) => matchers.some((matches) => matches(record));
}
