import { describe, expect, test } from 'vitest';
import { scopesOf } from './linkage-scopes.js';
import { plainName } from './lookup.js';

describe('the plain part of a name', () => {
  test.each([
    ['state', 'state'],
    ['game::state', 'state'],
    ['game::Box<std::pair<int, a::b>, 4>::shared', 'shared'],
    ['main.counter', 'main.counter'],
    ['Box<a::b>', 'Box<a::b>'],
    ['::state', 'state'],
    ['', ''],
  ])('of %s', (name, plain) => {
    expect(plainName(name)).toBe(plain);
  });
});

describe('the scopes in a linkage name', () => {
  test.each([
    ['_ZN4game4Unit13inline_memberE', ['game', 'Unit']],
    ['_ZN12_GLOBAL__N_17unnamedE', ['(anonymous namespace)']],
    ['_ZN4game3BoxIiLi4EE6sharedE', null],
    ['_ZL11file_static', null],
    ['_ZN99999999999999game', null],
    ['state', null],
  ])('of %s', (linkage, scopes) => {
    expect(scopesOf(linkage)).toEqual(scopes);
  });
});
