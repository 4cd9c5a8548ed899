import { jobUrn, serviceUrn } from '../../contract/names.ts';
import type { ServiceReference } from '../../jobs/model/job.ts';

/** An object of the JSON-LD document. */
export type Resource = Readonly<Record<string, unknown>>;

/** IRI of an attempt of a job. */
export function attemptUrn(jobId: string, attempt: number): string {
  return `${jobUrn(jobId)}#attempt-${attempt}`;
}

/** IRI of the owner of a job, or of the creator of a data object. */
export function principalUrn(principal: string): string {
  return `urn:errand:principal:${encodeURIComponent(principal)}`;
}

/** IRI of a service, without its version. */
export function serviceAgentUrn(name: string): string {
  return `urn:errand:service:${name}`;
}

/** The owner of jobs or the creator of data objects, as an agent. */
export function principalAgent(principal: string): Resource {
  return { id: principalUrn(principal), type: 'prov:Agent', label: principal };
}

/** A service as an agent, and its version as the plan that the agent followed. */
export function serviceResources({ name, version }: ServiceReference, baseUrl: string): readonly Resource[] {
  const url = `${baseUrl}/v1/services/${name}`;
  return [
    { id: serviceAgentUrn(name), type: ['prov:SoftwareAgent', 'prov:Agent'], label: name, seeAlso: url },
    {
      id: serviceUrn(name, version),
      type: ['prov:Plan', 'prov:Entity'],
      label: `${name} ${version}`,
      seeAlso: `${url}/versions/${encodeURIComponent(version)}`,
    },
  ];
}

/** IRI of a slot, as the role of an entity in an activity. */
export function slotRole(slot: string): string {
  return `urn:errand:slot:${slot}`;
}
