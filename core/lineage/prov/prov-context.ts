const iri = { '@type': '@id' } as const;
const time = { '@type': 'xsd:dateTime' } as const;
const term = (name: string, type: object = {}) => ({ '@id': name, ...type });

/**
 * The context of lineages in JSON-LD: terms of PROV-O (https://www.w3.org/TR/prov-o/), of Dublin Core
 * (https://www.w3.org/TR/prov-dc/), and terms of Errand for what neither of them describes.
 */
export const provContext = {
  prov: 'http://www.w3.org/ns/prov#',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  dcterms: 'http://purl.org/dc/terms/',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
  errand: 'urn:errand:lineage:',
  id: '@id',
  type: '@type',
  label: term('rdfs:label'),
  seeAlso: term('rdfs:seeAlso', iri),
  created: term('dcterms:created', time),
  format: term('dcterms:format'),
  hasPart: term('dcterms:hasPart', iri),
  startedAtTime: term('prov:startedAtTime', time),
  endedAtTime: term('prov:endedAtTime', time),
  invalidatedAtTime: term('prov:invalidatedAtTime', time),
  used: term('prov:used', iri),
  qualifiedUsage: term('prov:qualifiedUsage', iri),
  wasGeneratedBy: term('prov:wasGeneratedBy', iri),
  qualifiedGeneration: term('prov:qualifiedGeneration', iri),
  wasInformedBy: term('prov:wasInformedBy', iri),
  wasAssociatedWith: term('prov:wasAssociatedWith', iri),
  qualifiedAssociation: term('prov:qualifiedAssociation', iri),
  wasAttributedTo: term('prov:wasAttributedTo', iri),
  entity: term('prov:entity', iri),
  activity: term('prov:activity', iri),
  agent: term('prov:agent', iri),
  hadRole: term('prov:hadRole', iri),
  hadPlan: term('prov:hadPlan', iri),
  status: term('errand:status'),
  sizeBytes: term('errand:sizeBytes'),
  sha256: term('errand:sha256'),
  crc64nvme: term('errand:crc64nvme'),
  truncated: term('errand:truncated'),
  attempt: term('errand:attempt'),
  definitionDigest: term('errand:definitionDigest'),
  subJobOf: term('errand:subJobOf', iri),
  dependsOn: term('errand:dependsOn', iri),
  rerunOf: term('errand:rerunOf', iri),
  reusedFrom: term('errand:reusedFrom', iri),
} as const;
