import { scaleLinear, scaleUtc } from 'd3-scale';
import { numberLabel, timeLabels } from './axis-labels.ts';
import { widthOf } from './svg-text.ts';

/** A tick of an axis: its position from 0 to 1, and its label. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** The scale of an axis of counts, which begins at 0. */
export interface CountAxis {
  /** The position of a count from 0 to 1. */
  at(count: number): number;
  readonly ticks: readonly Tick[];
}

/** The width in pixels in which the labels of an axis must fit. */
export interface LabelSpace {
  readonly width: number;
  readonly fontSize: number;
}

/** Space between two labels. */
const gap = 10;

/** An axis of counts up to at least `max`. Its ticks are whole numbers. */
export function countAxis(max: number, maxTicks: number): CountAxis {
  const scale = scaleLinear([0, Math.max(1, max)], [0, 1]).nice(maxTicks);
  const values = scale.ticks(maxTicks).filter(Number.isInteger);
  return {
    at: (count) => scale(count),
    ticks: values.map((at) => ({ at: scale(at), label: numberLabel(at) })),
  };
}

/** Ticks of an axis of numbers from `min` to `max`, as many as fit. Without fractions if `areIntegers`. */
export function numberTicks(
  [min, max]: readonly [number, number],
  areIntegers: boolean,
  space: LabelSpace,
): readonly Tick[] {
  const scale = scaleLinear([min, max], [0, 1]);
  const ends = [min, max].map((value, at) => ({ at, label: numberLabel(value) }));
  // D3 fails where steps have no inverse, and the range of the largest numbers is infinite.
  if (!Number.isFinite(max - min) || max - min < 1e-290) return ends;
  const ticks = mostThatFit(space, (count) => {
    const values = scale.ticks(count).filter((value) => !areIntegers || Number.isInteger(value));
    return values.map((value) => ({ at: scale(value), label: numberLabel(value) }));
  });
  return ticks ?? ends;
}

/** Ticks of an axis of times in epoch seconds, in UTC. */
export function timeTicks([min, max]: readonly [number, number], space: LabelSpace): readonly Tick[] {
  const scale = scaleUtc([min * 1_000, max * 1_000], [0, 1]);
  const ticks = mostThatFit(space, (count) => {
    const times = scale.ticks(count);
    const labels = timeLabels(times);
    return times.map((time, index) => ({ at: scale(time), label: labels[index] ?? '' }));
  });
  return ticks ?? [];
}

/** Undefined if not even two ticks fit. */
function mostThatFit(
  { width, fontSize }: LabelSpace,
  ticksOf: (count: number) => readonly Tick[],
): readonly Tick[] | undefined {
  for (let count = 6; count >= 2; count -= 1) {
    const ticks = ticksOf(count);
    const fits = ticks.every(({ at, label }, index) => {
      const next = ticks[index + 1];
      if (next === undefined) return true;
      const needed = (widthOf(label, fontSize) + widthOf(next.label, fontSize)) / 2 + gap;
      return label !== next.label && (next.at - at) * width >= needed;
    });
    if (fits && ticks.length >= 2) return ticks;
  }
  return undefined;
}
