/** A pattern on which the local runtime differs from Event Ruler by intent. */
interface KnownDifference {
  readonly reason: string;
  /** JSON. */
  readonly pattern: string;
  /** JSON. */
  readonly event: string;
}

/** All of them: every other pattern must get the same verdict. */
export const knownDifferences: readonly KnownDifference[] = [
  // Event Ruler compares the hexadecimal digits of addresses as text, whatever else the text is: its CIDR.java and Range.java.
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html promises addresses only.
  {
    reason: 'a number in a wide block of addresses',
    pattern: '{"a":[{"cidr":"0.0.0.0/0"}]}',
    event: '{"a":1}',
  },
  { reason: 'IPv6 in a wide block of IPv4', pattern: '{"a":[{"cidr":"0.0.0.0/0"}]}', event: '{"a":"::1"}' },
  { reason: 'IPv4 in a wide block of IPv6', pattern: '{"a":[{"cidr":"::/0"}]}', event: '{"a":"10.0.0.1"}' },
  // Kept there for patterns older than $or (https://github.com/aws/event-ruler#rule-examples-with-or-primitive); here more likely
  // an error of the author.
  { reason: 'a field with the name $or', pattern: '{"$or":{"a":["x"]}}', event: '{"$or":{"a":"x"}}' },
  { reason: 'a field with the name $or', pattern: '{"$or":["x","y"]}', event: '{"$or":"x"}' },
  // Event Ruler's path of this member is another in the pattern than in the event.
  { reason: 'a nested member without a name', pattern: '{"a":{"":["x"]}}', event: '{"a":{"":"x"}}' },
  // The guide on operators does not list it.
  { reason: 'an undocumented operator', pattern: '{"a":[{"exactly":"x"}]}', event: '{"a":"x"}' },
  // Numbers of an event are read as IEEE 754 doubles here. The guide promises 15 digits.
  { reason: 'a number of 16 digits', pattern: '{"a":[9007199254740993]}', event: '{"a":9007199254740992}' },
];
