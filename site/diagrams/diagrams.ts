import type { Diagram } from './diagram.ts';
import { journeyDiagram } from './journey-diagram.ts';
import { lifecycleDiagram } from './lifecycle-diagram.ts';

/** The pictures of the documents, by their paths from the root of the checkout. */
export const diagrams: Readonly<Record<string, Diagram>> = {
  'docs/lifecycle.svg': lifecycleDiagram,
  'docs/job-journey.svg': journeyDiagram,
};
