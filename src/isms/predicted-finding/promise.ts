/** Which section of the organisation's own policies promises what a finding says is missing: found by its words and its policy's controls. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { words } from '../../language/vocabulary.ts';
import { shortened } from '../../language/text.ts';
import type { Rule } from './rule.ts';

export interface OwnPromise {
  reference: string;
  title: string;
  version: string;
  /** As the document numbers it; empty where it does not. */
  section: string;
  heading: string;
  /** The line that says it, word for word. */
  words: string;
}

const Section = z.object({
  reference: z.string(),
  title: z.string(),
  version: z.string(),
  controls: z.array(z.string()),
  number: z.string(),
  heading: z.string(),
  body: z.string(),
});
export type Section = z.infer<typeof Section>;

/** Of policies that were stored and in force at a time and that somebody with these audiences may read, in the order of their references. */
export function selectSections(
  tx: Queryable,
  { at, day }: { at: Date; day: string },
  audiences: readonly string[],
): Promise<Section[]> {
  return selectAll(
    tx,
    Section,
    `select version.reference, version.title, version.version, version.controls, number, heading, body
     from (
       select distinct on (version.document_id) version.*, document.reference
       from document_version version join document on document.id = version.document_id
       where document.archived_at is null and document.kind = 'policy' and version.translates is null
         and version.status in ('published', 'superseded') and version.effective_from <= $1 and version.stored_at <= $3
       order by version.document_id, version.effective_from desc, version.id desc
     ) version join section on section.version_id = version.id
     where version.audience && $2::text[]
     order by version.reference, ordinal`,
    [day, audiences, at],
  );
}

const promises = words('promises/promises');
/** Characters of a line that is quoted. */
const quoted = 300;

/** By the name of what is promised: in the order of the sections. Each line is read once, whatever is looked for. */
export function readPromises(sections: readonly Section[]): Map<string, (OwnPromise & Pick<Section, 'controls'>)[]> {
  const found = new Map<string, (OwnPromise & Pick<Section, 'controls'>)[]>();
  for (const { reference, title, version, controls, number, heading, body } of sections)
    for (const line of linesIn(body))
      for (const name of promises.meanings(line)) {
        const promise = { reference, title, version, controls, section: number, heading, words: shortened(line, quoted) };
        const known = found.get(name);
        if (known === undefined) found.set(name, [promise]);
        else known.push(promise);
      }
  return found;
} // prettier-ignore

/** Of the policy that names most controls of the rule, the first line; of any policy where the rule names none. */
export function promiseOf(
  rule: Pick<Rule, 'promise'>,
  requirement: string,
  found: ReturnType<typeof readPromises>,
): OwnPromise | null {
  if (rule.promise === null) return null;
  const { words: name, controls } = rule.promise;
  const all = found.get(name) ?? [];
  const near = new Set([requirement, ...controls]);
  const nearness = (promise: Pick<Section, 'controls'>) =>
    promise.controls.filter((control) => near.has(control)).length;
  const [best = null] = all.toSorted((one, other) => nearness(other) - nearness(one));
  return best === null || (controls.length > 0 && nearness(best) === 0) ? null : bare(best);
}

function bare({ controls: _, ...promise }: OwnPromise & Pick<Section, 'controls'>): OwnPromise {
  return promise;
}

/** Sentences, points of a list and rows of a table, without their marks. */
function linesIn(body: string): string[] {
  return body
    .split('\n')
    .flatMap((line) => (line.startsWith('|') ? [line] : line.split(/(?<=[.!?;]) /u)))
    .map((line) =>
      line
        .replace(/^\s*(?:[-*]|\d+\.)\s+/, '')
        .replace(/\*\*|^\||\|$/g, '')
        .replace(/\s*\|\s*/g, ' – ')
        .trim(),
    )
    .filter((line) => line !== '');
}
