// What `qXfer:features:read` answers: the registers in gdb's own words, from the same table that packets are made from.
import type { Feature, Register } from './registers.js';

const NAMES: Readonly<Record<Feature, string>> = {
  core: 'org.gnu.gdb.i386.core',
  sse: 'org.gnu.gdb.i386.sse',
  linux: 'org.gnu.gdb.i386.linux',
  segments: 'org.gnu.gdb.i386.segments',
  avx: 'org.gnu.gdb.i386.avx',
};

/** EFLAGS, the lowest bit first; empty: reserved. */
const EFLAGS = 'CF,,PF,,AF,,ZF,SF,TF,IF,DF,OF,,,NT,,RF,VM,AC,VIF,VIP,ID'.split(',');
const MXCSR = 'IE,DE,ZE,OE,UE,PE,DAZ,IM,DM,ZM,OM,UM,PM,,,FZ'.split(',');

/** Types that a feature's registers have beside gdb's own. */
const TYPES: Readonly<Record<Feature, string>> = {
  core: flags('i386_eflags', EFLAGS),
  sse: `${vectors()}${flags('i386_mxcsr', MXCSR)}`,
  linux: '',
  segments: '',
  avx: '',
};

function flags(name: string, bits: readonly string[]): string {
  const fields = bits.map((bit, index) => (bit === '' ? '' : `<field name="${bit}" start="${index}" end="${index}"/>`));
  return `<flags id="${name}" size="4">${fields.join('')}</flags>`;
}

function vectors(): string {
  const parts = ['v8_bfloat16:bfloat16:8', 'v4_float:ieee_single:4', 'v2_double:ieee_double:2', 'v16_int8:int8:16', 'v8_int16:int16:8']
    .concat(['v4_int32:int32:4', 'v2_int64:int64:2'])
    .map((part) => part.split(':'));
  const declared = parts.map(([name, type, count]) => `<vector id="${name}" type="${type}" count="${count}"/>`);
  const fields = parts.map(([name]) => `<field name="${name}" type="${name}"/>`);
  return `${declared.join('')}<union id="vec128">${fields.join('')}<field name="uint128" type="uint128"/></union>`;
}

/** The document. */
export function targetDescription(registers: readonly Register[]): string {
  const features = [...new Set(registers.map(({ feature }) => feature))].map((feature) => featureText(feature, registers));
  return `<?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd"><target version="1.0"><architecture>i386:x86-64</architecture><osabi>GNU/Linux</osabi>${features.join('')}</target>`;
}

function featureText(feature: Feature, registers: readonly Register[]): string {
  const own = registers.map((register, number) => ({ register, number })).filter(({ register }) => register.feature === feature);
  return `<feature name="${NAMES[feature]}">${TYPES[feature]}${own.map(({ register, number }) => registerText(register, number)).join('')}</feature>`;
}

function registerText({ name, size, type, group }: Register, number: number): string {
  const inGroup = group === 'float' ? ' group="float"' : '';
  // To lldb it is what thread-local variables are counted from.
  const generic = name === 'fs_base' ? ' generic="tp"' : '';
  return `<reg name="${name}" bitsize="${size * 8}" type="${type}" regnum="${number}"${inGroup}${generic}/>`;
}
