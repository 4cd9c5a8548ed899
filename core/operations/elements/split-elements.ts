import type { ElementFormat } from '../model/operation.ts';
import { arraySplitter } from './array-splitter.ts';
import type { ElementSplitter } from './element-splitter.ts';
import { lineSplitter } from './line-splitter.ts';

/**
 * Starts at the beginning of the content (position 0), or at the end of any element. Positions are in bytes, and those of the
 * elements count from the beginning of the content.
 */
export function splitElements(format: ElementFormat, position: number): ElementSplitter {
  return format === 'lines' ? lineSplitter(position) : arraySplitter(position);
}
