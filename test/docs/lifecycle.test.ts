import { describe, expect, test } from 'vitest';
import { initialStatuses, stateTable } from '../../core/contract/job-state.ts';
import { failureCodes } from '../../core/contract/policy.ts';
import { defaultLimits, defaultPolicy } from '../../core/jobs/model/defaults.ts';
import { onlyBlock, readDocument, section, tableRows } from './markdown.ts';

const guide = readDocument('docs/guides/lifecycle.md');
const yesOrNo = (value: boolean) => (value ? 'yes' : 'no');
const aborts = {
  immediate: 'immediate',
  'via-aborting': 'on Batch, via aborting',
  repeat: 'no effect',
  refused: '409',
};

describe('the guide of the lifecycle', () => {
  test('has the state table of the code', () => {
    const documented = tableRows(section(guide, 'States')).map(([state, , ...row]) => [state, ...row]);
    const rows = Object.entries(stateTable).map(([state, { terminal, abort, deletable, transitions }]) => [
      state,
      yesOrNo(terminal),
      aborts[abort],
      yesOrNo(deletable),
      transitions.join(', '),
    ]);
    expect(documented).toEqual(rows);
  });

  test('draws the transitions of the code, and no others', () => {
    const [head, ...arrows] = onlyBlock(section(guide, 'States'), 'mermaid').trimEnd().split('\n');
    const starts = initialStatuses.map((state) => `  [*] --> ${state}`);
    const rows = Object.entries(stateTable);
    const transitions = rows.flatMap(([from, row]) => row.transitions.map((to) => `  ${from} --> ${to}`));
    const ends = rows.filter(([, { terminal }]) => terminal).map(([state]) => `  ${state} --> [*]`);
    expect(head).toBe('stateDiagram-v2');
    expect(arrows).toEqual([...starts, ...transitions, ...ends]);
  });

  test('has the failure codes of the code', () => {
    const documented = tableRows(section(guide, 'Failures')).map((row) => row.slice(0, 3));
    const codes = Object.entries(failureCodes).map(([code, { status, retryable }]) => [
      code,
      status,
      yesOrNo(retryable),
    ]);
    expect(documented).toEqual(codes);
  });

  test('has the defaults of retries and time limits', () => {
    const retries = tableRows(section(guide, 'Retries')).map(([name, , value]) => [name, Number(value)]);
    const limits = tableRows(section(guide, 'Time limits')).map(([name, , value]) => [name, Number(value)]);
    expect(retries.slice(0, 3)).toEqual(Object.entries(defaultPolicy));
    expect(limits).toEqual(Object.entries(defaultLimits));
  });
});
