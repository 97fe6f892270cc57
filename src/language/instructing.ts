/** Who tries to tell a machine what it is, or to forget what it was told. */
import { words } from './vocabulary.ts';

const orders = words('machines/orders');
/** What machines write to each other, and nobody to a colleague. */
const marks =
  /(?:^|\n)(?:[^\S\n]|[*#<[(|])*(?:system|assistant|developer|admin|tool|user)\b[^\p{L}\n]{0,4}[:>\])|]|<\/?(?:system|assistant|tool|instructions?)|\[\/?inst\]|<\|im_/iu;

export function instructs(text: string): boolean {
  return marks.test(text) || orders.has(text);
}
