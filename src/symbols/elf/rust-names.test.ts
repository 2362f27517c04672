// Rust's two manglings, and names made to hang or blow up a demangler.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePunycode } from './punycode.js';
import { demangleRust } from './rust-names.js';

describe('legacy', () => {
  test.each([
    ['_ZN4game4tick17h0123456789abcdefE', 'game::tick'],
    ['_ZN4core3fmt9Formatter9write_fmt17h0123456789abcdefE', 'core::fmt::Formatter::write_fmt'],
    ['_ZN40_$LT$u32$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE', '<u32 as core::fmt::Debug>::fmt'],
    ['_ZN4game5stateE', null],
    ['_ZN4game4tick17h0123456789abcdef', null],
    ['_ZN4game', null],
    ['main', null],
  ])('%s', (mangled, expected) => {
    expect(demangleRust(mangled)).toBe(expected);
  });
});

describe('v0', () => {
  test.each([
    ['_RNvCs6xxl1lAjzDf_1a4main', 'a::main'],
    ['_RNvNtCs6xxl1lAjzDf_1a5inner5STATE', 'a::inner::STATE'],
    ['_RNCNvCs6xxl1lAjzDf_1a4mains0_0B3_', 'a::main::{closure#2}'],
    ['_RINvCs6xxl1lAjzDf_1a3genThnENCNvB2_4mains0_0EB2_', 'a::gen::<(u8, i128), a::main::{closure#2}>'],
    ['_RINvMNtCsgEmfK2I1SDS_4core3stre18trim_start_matchesReECsgY6Mt91CT9J_14rustc_demangle', '<str>::trim_start_matches::<&str>'],
    ['_RNvCs6xxl1lAjzDf_1au9gre_6ka8i', 'a::größe'],
    ['_RNvMCs6xxl1lAjzDf_1aINtB2_1WKj7_Kb1_Kc78_E1n', "<a::W<7, true, 'x'>>::n"],
    ['_RNvCs6xxl1lAjzDf_1a4main.llvm.1234', 'a::main'],
    ['_RNvC1a4main$extra', 'a::main'],
    ['_R', null],
    ['_RNvC1a', null],
    ['_RNvC1a9main', null],
    ['_R1NvC1a4main', null],
    ['_RNvB_4main', null],
  ])('%s', (mangled, expected) => {
    expect(demangleRust(mangled)).toBe(expected);
  });

  test('functions, pointers, arrays, trait objects', () => {
    const argument = (type: string) => demangleRust(`_RINvC1a1f${type}E`);
    expect(argument('FUKCPhEl')).toBe('a::f::<unsafe extern "C" fn(*const u8) -> i32>');
    expect(argument('FG_RL0_hEu')).toBe("a::f::<for<'a> fn(&'a u8)>");
    expect(argument('OAsj3_')).toBe('a::f::<*mut [i16; 3]>');
    expect(argument('QSe')).toBe('a::f::<&mut [str]>');
    expect(argument('TuE')).toBe('a::f::<((),)>');
    expect(argument('DNtC1b1Tp1Xm1YhEL_')).toBeNull();
    expect(argument('DNtC1b1Tp1XmEL_')).toBe('a::f::<dyn b::T<X = u32>>');
    expect(argument('Kln5_')).toBe('a::f::<-5>');
  });

  test('back references that would print without end are refused', () => {
    const doubling = Array.from({ length: 60 }, (_, i) => `T${i === 0 ? 'hh' : 'B_B_'}E`).join('');
    expect(() => demangleRust(`_RINvC1a1f${doubling}E`)).not.toThrow();
    expect(demangleRust(`_RINvC1a1f${'T'.repeat(5000)}${'E'.repeat(5000)}E`)).toBeNull();
  });

  test('anything is demangled or refused', () => {
    const piece = fc.constantFrom(
      'C',
      'N',
      'v',
      'M',
      'X',
      'Y',
      'I',
      'E',
      'B',
      '_',
      '0',
      '1a',
      's',
      'T',
      'K',
      'j',
      'D',
      'L',
      'G',
      'F',
      'p',
      '2bc',
      'R',
      'S',
      'A',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const name = demangleRust(`_R${pieces.join('')}`);
        expect(name === null || name.length < 10_000).toBe(true);
      }),
      { seed: 20070222, numRuns: 5000 },
    );
  });
});

test.each([
  ['gre_6ka8i', 'größe'],
  ['mnchen_3ya', 'münchen'],
  ['ihqwcrb4cv8a8dqg056pqjye', '他们为什么不说中文'],
  ['abc_', 'abc'],
  ['_!', null],
  ['a_99999999', null],
])('punycode %s', (encoded, expected) => {
  expect(decodePunycode(encoded)).toBe(expected);
});
