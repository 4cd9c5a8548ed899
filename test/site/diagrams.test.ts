import { describe, expect, test } from 'vitest';
import { initialStatuses, isTerminal, jobStatuses, stateTable } from '../../core/contract/job-state.ts';
import { diagramFile } from '../../site/diagrams/diagram.ts';
import { diagrams } from '../../site/diagrams/diagrams.ts';
import { lifecycleDiagram } from '../../site/diagrams/lifecycle-diagram.ts';
import { readDocument } from '../docs/markdown.ts';

describe('the pictures of the documents', () => {
  test.each(Object.entries(diagrams))('include %s as the code draws it', (path, diagram) => {
    expect(readDocument(path)).toBe(diagramFile(diagram));
  });
});

describe('the picture of the states', () => {
  const open = jobStatuses.filter((status) => !isTerminal(status));
  const transitions = open.flatMap((from) => stateTable[from].transitions.map((to) => ({ from, to })));

  test('has an arrow for each transition to a state that is not final, and for each first state', () => {
    const between = transitions.filter(({ to }) => !isTerminal(to));
    const arrows = lifecycleDiagram.body.match(/class="edge"/g) ?? [];
    expect(arrows).toHaveLength(between.length + initialStatuses.length);
  });

  test('marks in each state the final states that can follow, and each final state with its own mark', () => {
    const final = jobStatuses.filter(isTerminal);
    for (const status of final) {
      const marks = lifecycleDiagram.body.match(new RegExp(`<title>${status}</title>`, 'g')) ?? [];
      expect(marks, status).toHaveLength(1 + transitions.filter(({ to }) => to === status).length);
    }
  });

  test('names all states', () => {
    for (const status of jobStatuses) expect(lifecycleDiagram.body).toContain(`>${status}</text>`);
  });

  test('draws no two boxes over each other', () => {
    const boxes = [
      ...lifecycleDiagram.body.matchAll(
        /<rect class="[^"]*" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g,
      ),
    ].map(([, ...numbers]) => numbers.map(Number) as [number, number, number, number]);
    expect(boxes).toHaveLength(jobStatuses.length);
    const overlaps = boxes.flatMap(([x, y, width, height], index) =>
      boxes
        .slice(index + 1)
        .filter(([ox, oy, ow, oh]) => x < ox + ow && ox < x + width && y < oy + oh && oy < y + height),
    );
    expect(overlaps).toEqual([]);
    for (const [x, y, width, height] of boxes) {
      expect(x + width).toBeLessThanOrEqual(lifecycleDiagram.width);
      expect(y + height).toBeLessThanOrEqual(lifecycleDiagram.height);
    }
  });
});
