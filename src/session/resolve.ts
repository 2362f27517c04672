import { defaultValueType, valueTypeNamed } from '../model/value-names.js';
import type { ProcessImage } from '../symbols/live/process-image.js';
import type { ResolvedExpression, ResolveOptions } from './program.js';
export function resolveInImage(expression: string, _image: ProcessImage, options: ResolveOptions): ResolvedExpression {
  const [a = '0', l = '8'] = expression.split(':');
  const size = Number(l);
  return { address: BigInt(a), size, type: (options.as && valueTypeNamed(options.as, size)) || defaultValueType(size) };
}
