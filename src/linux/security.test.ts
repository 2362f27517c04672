import { describe, expect, test } from 'vitest';
import { isOlderThan, parseKernelVersion, parseLockdown } from './security.js';

test.each([
  ['[none] integrity confidentiality\n', 'none'],
  ['none [integrity] confidentiality\n', 'integrity'],
  ['none integrity [confidentiality]\n', 'confidentiality'],
  ['none [something new]\n', null],
  ['', null],
  [null, null],
])('lockdown of %j', (text, expected) => {
  expect(parseLockdown(text)).toBe(expected);
});

describe('kernel versions', () => {
  test.each([
    ['6.18.44-fc-v595', 6, 18],
    ['5.10.0-28-amd64', 5, 10],
    ['5.15.153.1-microsoft-standard-WSL2', 5, 15],
    ['strange', 0, 0],
  ])('%s', (text, major, minor) => {
    expect(parseKernelVersion(text)).toEqual({ major, minor });
  });

  test.each([
    ['5.7', '5.8', true],
    ['5.8', '5.8', false],
    ['5.10', '5.8', false],
    ['4.19', '5.8', true],
    ['6.1', '5.11', false],
  ])('%s is older than %s: %s', (kernel, version, older) => {
    expect(isOlderThan(parseKernelVersion(kernel), version)).toBe(older);
  });
});
