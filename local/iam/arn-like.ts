import { wildcardMatch } from './wildcard.ts';

/**
 * Matches ARNs part by part: each of the six parts between colons may contain wildcards, and a wildcard does
 * not match beyond its part (but the sixth part may itself contain colons).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function arnLike(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const patternParts = arnParts(pattern);
  const parts = arnParts(arn);
  return (
    patternParts.length === 6 &&
    parts.length === 6 &&
    patternParts.every((part, index) => wildcardMatch(part, parts[index] ?? ''))
  );
}

function arnParts(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
