"""Reads PROV documents in JSON-LD and compares them with the vocabulary PROV-O.

Standard input: {"vocabulary": path of PROV-O as N-Quads, "documents": [...]}. Standard output: for each document its errors, and
its records as the package prov reads them.
"""

import io
import json
import logging
import sys
import warnings

from prov.model import (
    ProvActivity,
    ProvAgent,
    ProvAssociation,
    ProvCommunication,
    ProvDocument,
    ProvEntity,
    ProvGeneration,
    ProvUsage,
)
from rdflib import OWL, RDF, RDFS, BNode, Dataset, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import _is_valid_uri

PROV = "http://www.w3.org/ns/prov#"

# An invalid literal is reported as an error below.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)
# The package prov warns about statements that it does not understand.
warnings.simplefilter("error", UserWarning)


class Vocabulary:
    def __init__(self, path):
        self.graph = Dataset(default_union=True)
        self.graph.parse(path, format="nquads")

    def is_a(self, term, *kinds):
        return any((term, RDF.type, kind) in self.graph for kind in kinds)

    def above(self, cls):
        """The class and all classes that contain it."""
        return set(self.graph.transitive_objects(cls, RDFS.subClassOf))

    def fits(self, types, expression):
        """Whether a resource with these types is in a class, or in one of a union of classes."""
        union = self.graph.value(expression, OWL.unionOf)
        if union is not None:
            return any(self.fits(types, member) for member in Collection(self.graph, union))
        return any(expression in self.above(cls) for cls in types)

    def disjoint(self, one, other):
        return any(
            (left, OWL.disjointWith, right) in self.graph or (right, OWL.disjointWith, left) in self.graph
            for left in self.above(one)
            for right in self.above(other)
        )


def is_prov(term):
    return isinstance(term, URIRef) and term.startswith(PROV)


def name(term):
    return str(term).replace(PROV, "prov:")


def errors_of(vocabulary, graph):
    """Terms that PROV-O lacks, and statements that contradict its domains, ranges and disjoint classes."""
    types = {subject: set(graph.objects(subject, RDF.type)) for subject in graph.subjects(unique=True)}
    for subject, found in types.items():
        classes = [cls for cls in found if is_prov(cls)]
        for cls in classes:
            if not vocabulary.is_a(cls, OWL.Class):
                yield f"{name(cls)} is no class"
        for one in classes:
            for other in classes:
                if vocabulary.disjoint(one, other):
                    yield f"{subject} is both {name(one)} and {name(other)}, which are disjoint"
    for subject, predicate, value in graph:
        for term in (subject, predicate, value):
            if isinstance(term, URIRef) and not (_is_valid_uri(term) and ":" in term):
                yield f"{term} is no absolute IRI"
        if isinstance(value, Literal) and value.datatype is not None and value.value is None:
            yield f"{value} is no {value.datatype}"
        if is_prov(predicate):
            yield from errors_of_statement(vocabulary, types, (subject, predicate, value))


def errors_of_statement(vocabulary, types, statement):
    subject, predicate, value = statement
    if not vocabulary.is_a(predicate, OWL.ObjectProperty, OWL.DatatypeProperty):
        yield f"{name(predicate)} is no property"
        return
    for domain in vocabulary.graph.objects(predicate, RDFS.domain):
        if not vocabulary.fits(types[subject], domain):
            yield f"{subject} with {name(predicate)} is no {name(domain)}"
    for range_ in vocabulary.graph.objects(predicate, RDFS.range):
        if isinstance(value, Literal):
            if value.datatype != range_:
                yield f"{name(predicate)} {value} is no {name(range_)}"
        # A resource that the document does not describe may have any type.
        elif value in types and not vocabulary.fits(types[value], range_):
            yield f"{value} as {name(predicate)} is no {name(range_)}"
        elif isinstance(value, BNode) and value not in types:
            yield f"{name(predicate)} of {subject} has no type"


def records_of(text):
    """What the package prov reads from the document."""
    document = ProvDocument.deserialize(content=text, format="rdf", rdf_format="json-ld")

    def values(record, *attributes):
        found = {attribute.localpart: str(value.uri) for attribute, value in record.formal_attributes if hasattr(value, "uri")}
        return [found.get(attribute) for attribute in attributes]

    def ids(kind):
        return sorted({str(record.identifier.uri) for record in document.get_records(kind)})

    def pairs(kind, *attributes):
        return sorted({tuple(values(record, *attributes)) for record in document.get_records(kind)}, key=str)

    return {
        "activities": ids(ProvActivity),
        "entities": ids(ProvEntity),
        "agents": ids(ProvAgent),
        "used": pairs(ProvUsage, "activity", "entity"),
        "generated": pairs(ProvGeneration, "entity", "activity"),
        "informed": pairs(ProvCommunication, "informed", "informant"),
        "associated": pairs(ProvAssociation, "activity", "agent", "plan"),
    }


def main():
    given = json.load(sys.stdin)
    vocabulary = Vocabulary(given["vocabulary"])
    results = []
    for document in given["documents"]:
        text = json.dumps(document)
        graph = Graph()
        graph.parse(io.StringIO(text), format="json-ld")
        errors = sorted(set(errors_of(vocabulary, graph)))
        results.append({"triples": len(graph), "errors": errors, "records": records_of(text) if errors == [] else None})
    json.dump(results, sys.stdout)


main()
