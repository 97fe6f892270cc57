/** Prompts are files in `prompts/`, so that they can be read and changed without reading code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../prompts');

/** @param values what stands for each `{{name}}`; a value is never searched for names itself */
export function prompt(name: string, values: Record<string, string> = {}): string {
  const template = readFileSync(join(folder, `${name}.md`), 'utf8').trim();
  return template.replace(/\{\{(\w+)\}\}/g, (whole, key: string) => values[key] ?? whole);
}
