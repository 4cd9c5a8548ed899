import type { PatternCase } from './pattern-case.ts';

/** Alternatives of a pattern's array, as JSON, by operator; some are invalid. */
const alternatives: Readonly<Record<string, readonly string[]>> = {
  equals: [
    ...['"a"', '""', '"A"', '"1"', '"true"', '"null"', '"é"', '"a*b"', '"a\\"b"', '"\\ud83d\\ude00"'],
    ...['1', '0', '-0', '-1', '1.0', '1e0', '300', '3.0e2', '0.1', '1e300', '5000000000', '123456789012'],
    ...['true', 'false', 'null'],
    ...['"10.0.0.1"', '"10.0.0.15"', '"010.0.0.1"', '"999.0.0.1"', '"::1"', '"0:0:0:0:0:0:0:1"', '"2001:DB8::F"'],
  ],
  prefix: ['{"prefix":"a"}', '{"prefix":"ab"}', '{"prefix":""}', '{"prefix":"é"}', '{"prefix":"10.0."}'],
  'prefix, refused': ['{"prefix":1}', '{"prefix":null}', '{"prefix":["a"]}', '{"prefix":{"wildcard":"a"}}'],
  'prefix, ignore case': [
    ...['a', 'aB', '', 'É', 'ß', 'K', 'k'].map((text) => `{"prefix":{"equals-ignore-case":"${text}"}}`),
    ...['{"prefix":{}}', '{"prefix":{"equals-ignore-case":["a"]}}'],
    '{"prefix":{"equals-ignore-case":"a","wildcard":"b"}}',
  ],
  suffix: ['{"suffix":"b"}', '{"suffix":"ab"}', '{"suffix":""}', '{"suffix":"é"}', '{"suffix":".1"}'],
  'suffix, refused': ['{"suffix":1}', '{"suffix":true}', '{"suffix":["a"]}', '{"suffix":{"prefix":"a"}}'],
  'suffix, ignore case': [
    ...['B', 'aB', '', 'É', 'ß', 'İ'].map((text) => `{"suffix":{"equals-ignore-case":"${text}"}}`),
    ...['{"suffix":{}}', '{"suffix":{"equals-ignore-case":1}}'],
  ],
  'equals-ignore-case': [
    ...['a', 'AB', '', 'é', 'ß', 'SS', 'İ', 'i', 'I', 'ſ', 's', 'K', 'k', 'Σ', 'ς', '10.0.0.1'].map(
      (text) => `{"equals-ignore-case":"${text}"}`,
    ),
    ...['{"equals-ignore-case":1}', '{"equals-ignore-case":["a"]}', '{"equals-ignore-case":null}'],
  ],
  'anything-but': [
    ...['"a"', '""', '"1"', '1', '0', '300', '["a"]', '["a","b"]', '[1,2]', '[300,3.0e2]', '"10.0.0.1"'],
    ...['[]', '["a",1]', 'null', 'true', '[null]', '["a",null]', '[true]', '["a",["b"]]', '{}', '[{"prefix":"a"}]'],
  ].map((operand) => `{"anything-but":${operand}}`),
  'anything-but, operators': [
    ...['{"prefix":"a"}', '{"prefix":["a","1"]}', '{"suffix":"b"}', '{"suffix":["b","1"]}'],
    ...['{"equals-ignore-case":"A"}', '{"equals-ignore-case":["a","aB"]}', '{"equals-ignore-case":""}'],
    ...['{"wildcard":"a*b"}', '{"wildcard":["a*","*1"]}', '{"wildcard":"*"}', '{"wildcard":""}'],
  ].map((operand) => `{"anything-but":${operand}}`),
  'anything-but, refused': [
    ...['{"prefix":""}', '{"prefix":["a",""]}', '{"suffix":""}', '{"prefix":1}', '{"prefix":["a",1]}'],
    ...['{"prefix":[]}', '{"suffix":[]}', '{"equals-ignore-case":[]}', '{"wildcard":[]}', '{"wildcard":"a**"}'],
    ...['{"prefix":{"equals-ignore-case":"a"}}', '{"equals-ignore-case":1}', '{"wildcard":["a",1]}'],
    ...['{"prefix":"a","suffix":"b"}', '{"numeric":["=",1]}', '{"exists":true}', '{"cidr":"10.0.0.0/8"}'],
    ...['{"anything-but":"a"}', '{"wildcard":["a","b**"]}', '{"suffix":null}', '{"suffix":[["a"]]}'],
  ].map((operand) => `{"anything-but":${operand}}`),
  numeric: [
    ...['["=",1]', '["=",1.0]', '["=",3.0e2]', '[">",0]', '[">=",1]', '["<",1]', '["<=",1]', '["<",-0.5]'],
    ...['[">",0,"<",2]', '[">=",0,"<=",1]', '[">",-5e9,"<=",5e9]', '[">=",0.1,"<",0.3]', '[">",1e300]'],
  ].map((operand) => `{"numeric":${operand}}`),
  'numeric, refused': [
    ...['[]', '["="]', '["=","1"]', '["~",1]', '[1,"="]', '["=",1,"=",1]', '["<",2,">",0]', '["<=",2,">=",0]'],
    ...['[">",0,">",1]', '[">",2,"<",1]', '[">",1,"<",1]', '[">=",1,"<=",1]', '[">",0,"=",1]', '[">",0,"<"]'],
    ...['[">",0,"<",2,"<",3]', '"="', '1', '{"=":1}', '["=",null]', '[">",0,"<",true]', '["=",1,"<",2]'],
    ...['[">=",1,"<",1]', '[">",1,"<=",1]', '["!=",1]'],
  ].map((operand) => `{"numeric":${operand}}`),
  exists: ['{"exists":true}', '{"exists":false}', '{"exists":"true"}', '{"exists":1}', '{"exists":null}', '{"exists":[true]}'],
  cidr: [
    ...['10.0.0.0/24', '10.0.0.7/24', '10.0.0.0/8', '0.0.0.0/0', '10.0.0.0/31', '10.0.0.0/32', '10.0.0.0/33'],
    ...['2001:db8::/32', '::/0', '::1/127', '::1/128', '2001:db8::/129', '10.0.0.0', '10.0.0.0/', '/8', 'a/8'],
    ...['10.0.0.0/8/8', '10.0.0/8', '10.0.0.0/-1', '10.0.0.0/a', '256.0.0.0/8', ':::/8', '10.0.0.0/+8', '010.0.0.0/8'],
    ...['::ffff:10.0.0.0/104', '10.0.0.0/08', ' 10.0.0.0/8', '::ffff:a00:0/8'],
  ]
    .map((text) => `{"cidr":"${text}"}`)
    .concat('{"cidr":1}', '{"cidr":["10.0.0.0/8"]}'),
  wildcard: [
    ...['a*', '*b', 'a*b', '*', '', '*a*', 'a', 'a\\\\*b', 'a\\\\\\\\*', 'é*', '*.1', 'a*b*', '*/*', 'a.b', '1*'],
    ...['**', 'a**', 'a\\\\', 'a\\\\b', '\\\\', '*\\\\**', '\\\\\\\\', '*\\"*'],
  ]
    .map((text) => `{"wildcard":"${text}"}`)
    .concat('{"wildcard":1}', '{"wildcard":["a*"]}', '{"wildcard":{"equals-ignore-case":"a"}}'),
  'several alternatives': [
    ...['"a",1', '1,{"exists":false}', '"x",{"exists":true}', '{"prefix":"a"},{"suffix":"1"}', 'null,""'],
    ...['{"anything-but":"a"},{"anything-but":"b"}', '{"anything-but":"a"},"a"', '{"numeric":["<",0]},"b"'],
    ...['{"cidr":"10.0.0.0/24"},"a"', '{"exists":false},{"anything-but":["a"]}', '"a","a"'],
  ],
  'no pattern at all': ['', '[]', '["a"]', '{}', '{"regex":"a"}', '{"prefix":"a","suffix":"b"}', '{"a":1}', '{"Prefix":"a"}'],
};

/** What may be at the field of an event, as JSON; undefined if there is no such field. */
const values: readonly (string | undefined)[] = [
  undefined,
  ...['"a"', '"A"', '"b"', '"ab"', '"aB"', '"AB"', '"aab"', '""', '"1"', '"true"', '"null"', '"a/b"', '"a.b"'],
  ...['"é"', '"É"', '"e\\u0301"', '"éa"', '"aé"', '"ß"', '"SS"', '"ss"', '"ẞ"', '"İ"', '"i"', '"I"', '"ı"', '"s"', '"S"'],
  ...['"ſ"', '"k"', '"K"', '"\\u212a"', '"Σ"', '"σ"', '"ς"', '"\\ud83d\\ude00"', '"a*b"', '"a\\\\b"', '"a\\\\"', '"a\\"b"'],
  ...['"a\\nb"', '"\\""', '"\\\\"', '"*"', '"a\\\\*b"'],
  ...['1', '0', '-0', '-1', '1.0', '1e0', '1.5', '2', '300', '300.0', '3.0e2', '0.1', '0.2', '0.3', '-0.5', '-0.6'],
  ...['1e300', '2e300', '5e9', '5000000000', '5000000000.1', '123456789012', '1e-300', 'true', 'false', 'null'],
  ...['"10.0.0.0"', '"10.0.0.1"', '"10.0.0.15"', '"10.0.0.255"', '"10.0.1.0"', '"10.1.2.3"', '"11.0.0.0"'],
  ...['"010.0.0.1"', '"256.0.0.1"', '"999.0.0.1"', '"10.0.0.1 "', '"10.0.0"', '"1.2.3.4.5"', '"0.0.0.0"'],
  ...['"::1"', '"::2"', '"0:0:0:0:0:0:0:1"', '"2001:db8::1"', '"2001:DB8::f"', '"2001:db9::"', '"::ffff:10.0.0.1"', '":"'],
  ...['"::ffff:a00:1"', '"fe80::1%eth0"', '"::"', '"2001:db8:::1"'],
  ...['{}', '{"b":"a"}', '{"a":"a"}', '[]', '[[]]', '[{}]', '["a"]', '["a","b"]', '["b",1]', '[1,2]', '[[1],["a"]]'],
  ...['[null]', '[true,"a"]', '["a",{"b":1}]', '[{"b":1}]', '[["a","b"],[]]', '[[["10.0.0.1"]]]'],
];

/** Every alternative with every value, at a field of the event and at a nested one. */
export function valueCases(): readonly PatternCase[] {
  return Object.entries(alternatives).flatMap(([group, texts]) =>
    texts.flatMap((text) => [
      {
        group,
        pattern: `{"a":[${text}]}`,
        events: values.map((value) => (value === undefined ? '{}' : `{"a":${value}}`)),
      },
      {
        group,
        pattern: `{"d":{"a":[${text}]},"b":["x"]}`,
        events: values.map((value) => (value === undefined ? '{"b":"x"}' : `{"b":"x","d":{"a":${value}}}`)),
      },
    ]),
  );
}
