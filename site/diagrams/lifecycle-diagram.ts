import {
  initialStatuses,
  isTerminal,
  type JobStatus,
  jobStatuses,
  stateTable,
} from '../../core/contract/job-state.ts';
import { arrow, type Box, label, path, rectangle } from './boxes.ts';
import type { Diagram, Point } from './diagram.ts';

/** Column and row of each state that is not final. */
const cells: Readonly<Partial<Record<JobStatus, readonly [column: number, row: number]>>> = {
  draft: [0, 0],
  ready: [1, 0],
  waiting: [2, 0],
  pending: [1, 1],
  executing: [3, 1],
  scheduled: [2, 2],
  retrying: [3, 2],
  aborting: [4, 1],
};

const notes: Readonly<Record<JobStatus, string>> = {
  draft: 'incomplete',
  ready: 'complete',
  waiting: 'for other jobs',
  pending: 'accepted',
  scheduled: 'container starts',
  executing: 'your code runs',
  retrying: 'next attempt is due',
  aborting: 'container stops',
  succeeded: 'has a result',
  failed: 'reported by the service',
  error: 'by the platform',
  aborted: 'on request',
};

const boxSize = { width: 142, height: 76 };
const spacing = { x: 170, y: 126 };

/** The states of a job and all transitions between them, drawn from the state table. */
export const lifecycleDiagram: Diagram = {
  title: 'The life of a job',
  description: jobStatuses
    .filter((status) => !isTerminal(status))
    .map((status) => `${status} can become ${stateTable[status].transitions.join(', ')}`)
    .join('; '),
  width: 836,
  height: 500,
  body: [...jobStatuses.map(stateSvg), ...transitionsSvg(), ...initialStatuses.map(startSvg)].join('\n'),
};

function boxOf(status: JobStatus): Box {
  if (isTerminal(status)) {
    const index = jobStatuses.filter(isTerminal).indexOf(status);
    return { x: 107 + index * 207, y: 458, width: 196, height: 62 };
  }
  const cell = cells[status];
  if (cell === undefined) throw new Error(`The diagram has no cell for the state ${status}`);
  return { x: 80 + cell[0] * spacing.x, y: 62 + cell[1] * spacing.y, ...boxSize };
}

function stateSvg(status: JobStatus): string {
  const box = boxOf(status);
  if (isTerminal(status)) {
    const badge = endBadge(status, { x: box.x - box.width / 2 + 22, y: box.y });
    return `${rectangle(box)}${badge}${label({ x: box.x + 10, y: box.y - 4 }, status)}${label({ x: box.x + 10, y: box.y + 16 }, notes[status], 'note')}`;
  }
  const ends = transitionsOf(status).filter(isTerminal);
  const badges = ends.map((end, index) =>
    endBadge(end, { x: box.x + (index - (ends.length - 1) / 2) * 24, y: box.y + 23 }),
  );
  return `${rectangle(box, status === 'executing' ? 'box accent' : 'box')}${label({ x: box.x, y: box.y - 14 }, status)}${label({ x: box.x, y: box.y + 4 }, notes[status], 'note')}${badges.join('')}`;
}

/** A final state, as the first letter of its name in a circle. */
function endBadge(status: JobStatus, { x, y }: Point): string {
  return `<g><title>${status}</title><circle class="end-${status}" cx="${x}" cy="${y}" r="9"/>${label({ x, y: y + 3.6 }, status.charAt(0).toUpperCase(), 'end-letter')}</g>`;
}

function transitionsSvg(): readonly string[] {
  const open = jobStatuses.filter((status) => !isTerminal(status));
  return open.flatMap((from) =>
    transitionsOf(from)
      .filter((to) => !isTerminal(to))
      .map((to) => transitionSvg(from, to)),
  );
}

function transitionSvg(from: JobStatus, to: JobStatus): string {
  if (from === 'scheduled' && to === 'aborting') return aroundBelow(boxOf(from), boxOf(to));
  return arrow(boxOf(from), boxOf(to), transitionsOf(to).includes(from) ? 8 : 0);
}

/** The way below the last row. */
function aroundBelow(from: Box, to: Box): string {
  const y = from.y + from.height / 2 + 26;
  return path([
    { x: from.x, y: from.y + from.height / 2 + 3 },
    { x: from.x, y },
    { x: to.x, y },
    { x: to.x, y: to.y + to.height / 2 + 3 },
  ]);
}

function transitionsOf(status: JobStatus): readonly JobStatus[] {
  return stateTable[status].transitions;
}

/** A short arrow into a state in which a job can be created. */
function startSvg(status: JobStatus): string {
  const { x, y, height, width } = boxOf(status);
  const isBelow = (cells[status]?.[1] ?? 0) > 0;
  const start = isBelow ? { x: x - width / 2 - 36, y } : { x: x - width / 2 + 16, y: y - height / 2 - 20 };
  const end = isBelow ? { x: x - width / 2 - 3, y } : { x: start.x, y: y - height / 2 - 3 };
  return `<circle class="dot" cx="${start.x}" cy="${start.y}" r="4"/>${path([start, end])}`;
}
