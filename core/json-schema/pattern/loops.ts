type Edges = readonly ReadonlyMap<number, number>[];

/** Returns the strongly connected components that contain a cycle (Tarjan 1972, without recursion). */
export function findLoops(edges: Edges): readonly (readonly number[])[] {
  const loops: number[][] = [];
  const search: Search = { order: new Map(), low: [], open: [], isOpen: new Set() };
  for (let start = 0; start < edges.length; start += 1) {
    if (!search.order.has(start)) visit(edges, start, { search, loops });
  }
  return loops.filter((loop) => loop.length > 1 || edges[loop[0] ?? 0]?.has(loop[0] ?? 0));
}

interface Search {
  readonly order: Map<number, number>;
  readonly low: number[];
  readonly open: number[];
  readonly isOpen: Set<number>;
}

interface Found {
  readonly search: Search;
  readonly loops: number[][];
}

function visit(edges: Edges, start: number, found: Found): void {
  const path = [enter(edges, start, found.search)];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const next = top.rest.next();
    if (next.done === true) {
      path.pop();
      close(top.state, path.at(-1)?.state, found);
    } else if (!found.search.order.has(next.value)) {
      path.push(enter(edges, next.value, found.search));
    } else if (found.search.isOpen.has(next.value)) {
      lower(found.search, top.state, found.search.order.get(next.value) ?? 0);
    }
  }
}

function enter(edges: Edges, state: number, search: Search) {
  search.order.set(state, search.order.size);
  search.low[state] = search.order.size - 1;
  search.open.push(state);
  search.isOpen.add(state);
  return { state, rest: (edges[state] ?? new Map<number, number>()).keys() };
}

function lower(search: Search, state: number, value: number): void {
  search.low[state] = Math.min(search.low[state] ?? value, value);
}

function close(state: number, parent: number | undefined, { search, loops }: Found): void {
  const low = search.low[state] ?? 0;
  if (parent !== undefined) lower(search, parent, low);
  if (low !== search.order.get(state)) return;
  const loop = search.open.splice(search.open.indexOf(state));
  for (const member of loop) search.isOpen.delete(member);
  loops.push(loop);
}
