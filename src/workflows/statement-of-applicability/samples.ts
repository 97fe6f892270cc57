/** The Statement of Applicability of the made-up company: edition 2.0 in force with four exclusions, 2.1 being written. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { recordSamples, type Story } from '../../dialogue/record-samples.ts';
import { controlNumbers } from '../../records/requirement-set.ts';
import { EntryValues, selectEntries } from '../../isms/statement-of-applicability/entry.ts';
import {
  approveSoa,
  beginSoa,
  sendForApproval,
  soas,
  writeEntries,
} from '../../isms/statement-of-applicability/soa.ts';
import type { Person } from '../../records/person.ts';

const excluded: Record<string, Pick<EntryValues, 'justification' | 'basis' | 'basisReference'>> = {
  'A.8.18': {
    justification:
      'Utility programs that get round controls are not installed anywhere, and nobody can install one.',
    basis: 'risk',
    basisReference: 'Risk assessment, line 38',
  },
  'A.8.30': {
    justification: 'All our software is written by our own people.',
    basis: 'decision',
    basisReference: 'Minutes of management, 14 January',
  },
  'A.8.33': {
    justification: 'We test with made-up data only, so there is no test information to protect.',
    basis: 'decision',
    basisReference: 'Minutes of management, 14 January',
  },
  'A.8.34': {
    justification: 'No audit test reaches systems in operation: audits look at copies and exports.',
    basis: 'risk',
    basisReference: 'Risk assessment, line 41',
  },
};
const byLaw: Record<string, string> = {
  'A.5.31': 'Register of laws',
  'A.5.32': 'Copyright acts',
  'A.5.33': 'Commercial and tax codes',
  'A.5.34': 'GDPR, art. 32',
  'A.6.6': 'GeschGehG § 2',
};
const byContract: Record<string, string> = {
  'A.5.14': 'Framework agreements with growers, § 7',
  'A.5.19': 'Framework agreements with growers, § 8',
  'A.5.20': 'Framework agreements with growers, § 8',
  'A.8.14': 'Service levels of the fleet platform',
};
const degrees: Record<string, EntryValues['implemented']> = {
  'A.5.7': 'partly',
  'A.5.30': 'partly',
  'A.8.12': 'partly',
  'A.8.16': 'partly',
  'A.8.11': 'partly',
  'A.8.28': 'partly',
  'A.5.23': 'planned',
};
const owners = ['ines', 'hugo', 'ada', 'ewan', 'gustav', 'lena'];

const Described = z.object({ reference: z.string(), title: z.string(), controls: z.array(z.string()) });

export const soaSamples = recordSamples(soas, {
  many: 'editions of the Statement of Applicability',
  title: "'Statement of Applicability ' || edition",
  of: 'owner_id = any($1)',
  pointers: { soa: 'begun_from' },
  parts: { soa_entry: 'soa_id' },
  load,
});

async function load(tx: Queryable, { ines, person, by }: Story): Promise<void> {
  const people = new Map<string, Person>();
  for (const name of [...owners, 'clara']) people.set(name, await person(name));
  const clara = await person('clara');
  // Whoever leads the made-up company stands in for who is not there, and nobody approves what they wrote.
  if (clara.id === ines.id) return;
  const described = await selectAll(
    tx,
    Described,
    `select distinct on (reference) reference, title, controls from document join document_version version on document_id = document.id
     where kind = 'policy' and status = 'published' order by reference, version.id desc`,
  );
  const idOf = (name: string) => people.get(name)?.id ?? ines.id;
  const arranged = { ownerId: ines.id, approverId: clara.id, reviewOn: null };

  const first = await beginSoa(tx, by(ines, 230), { edition: '2.0', ...arranged });
  const entries = controlNumbers().map((control, at) => ({
    control,
    values: valuesOf(control, at, described, idOf),
  }));
  const written = await writeEntries(tx, by(ines, 215), first, entries);
  const sent = await sendForApproval(tx, by(ines, 205), written.soa);
  await approveSoa(tx, by(clara, 200), sent);

  const next = await beginSoa(tx, by(ines, 20), { edition: '2.1', ...arranged });
  const known = new Map(
    (await selectEntries(tx, next.id)).map((entry) => [entry.control, EntryValues.parse(entry)]),
  );
  const anew = (control: string, values: Partial<EntryValues>) => {
    const before = known.get(control);
    return before === undefined ? [] : [{ control, values: { ...before, ...values } }];
  };
  const { soa } = await writeEntries(
    tx,
    by(ines, 18),
    next,
    anew('A.8.28', {
      implemented: 'yes',
      how: 'Rules for secure code since October; each change is read by a second person.',
    }),
  );
  await writeEntries(
    tx,
    by(ines, 6),
    soa,
    anew('A.8.30', {
      applies: true,
      justification: 'A firm in Porto will maintain the app for growers from January on.',
      basis: 'decision',
      basisReference: null,
      implemented: 'planned',
    }),
  );
}

function valuesOf(
  control: string,
  at: number,
  described: readonly z.infer<typeof Described>[],
  idOf: (name: string) => number,
): EntryValues {
  const out = excluded[control];
  if (out !== undefined) return { applies: false, ...out, implemented: null, how: null, ownerId: null };
  const policy = described.find(({ controls }) => controls.includes(control));
  const law = byLaw[control];
  const contract = byContract[control];
  return {
    applies: true,
    basis: law !== undefined ? 'law' : contract !== undefined ? 'contract' : 'risk',
    basisReference: law ?? contract ?? `Risk assessment, line ${(at % 57) + 1}`,
    justification:
      law !== undefined
        ? 'The law asks for it.'
        : contract !== undefined
          ? 'Our customers ask for it.'
          : 'It lowers a risk that we do not want to take as it is.',
    implemented: degrees[control] ?? 'yes',
    how:
      policy === undefined
        ? 'Described in the handbook of the management system.'
        : `${policy.reference} ${policy.title}`,
    ownerId: idOf(owners[at % owners.length] ?? 'ines'),
  };
}
