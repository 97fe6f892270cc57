/**
 * Takes the made-up company out of a database, and only it. What real people wrote, or worked on, stays with all that it needs;
 * a foreign key that nobody here thought of makes the whole transaction fail rather than lose a row.
 */
import './audit-events.ts';
import { z } from 'zod';
import { appendAudit } from '../db/audit.ts';
import type { Database, Queryable } from '../db/database.ts';
import { selectAll, selectOne } from '../db/rows.ts';
import { OperatorError } from '../errors.ts';
import { dayOf } from '../language/calendar.ts';
import { archiveDocument } from '../knowledge/document.ts';
import { lockIngest } from '../knowledge/ingest.ts';
import { removeFromIndex } from '../knowledge/search-index.ts';
import type { KeptSample, SampleScope, SamplesRemoved } from '../dialogue/room.ts';
import { rooms } from './rooms.ts';
import { sampleActor, samplePeoplePattern } from './sample-company.ts';

export interface RemovalOptions extends Pick<SampleScope, 'also'> {
  at: Date;
}

interface Removed {
  people: number;
  documents: number;
  versions: number;
  messages: number;
  /** Records of rooms, in words. */
  records: string[];
  /** Sample records that stay, with the real people who worked on them. */
  kept: KeptSample[];
  /** Sample people who stay as names. */
  named: string[];
  /** References of real people's approved answers that are told no more. */
  archived: string[];
}

/** With how many records of each kind went, by the kind's name. */
export type SampleRemoval = Removed & Readonly<Record<string, unknown>>;

const removalActor = 'system:demo-remove';

const Id = z.object({ id: z.number() });
const idsOf = async (tx: Queryable, sql: string, parameters: readonly unknown[]) =>
  (await selectAll(tx, Id, sql, parameters)).map(({ id }) => id);

/** Everything as `removeSamples` would do it, and undone again: what it returns is exactly what would happen now. */
export async function previewRemoval(db: Database, options: RemovalOptions): Promise<SampleRemoval> {
  class Undone extends Error {}
  let removal: SampleRemoval | null = null;
  try {
    await db.transaction(async (tx) => {
      removal = await removeSamples(tx, options);
      throw new Undone();
    });
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
  }
  if (removal === null) throw new Error('The preview came to no end.');
  return removal;
}

/** Waits for any ingest, and keeps others waiting until the caller's transaction ends. */
export async function removeSamples(tx: Queryable, { also, at }: RemovalOptions): Promise<SampleRemoval> {
  await lockIngest(tx);
  // What is kept for good lets go of the made-up company alone.
  await tx.query("select set_config('isma.removing_samples', 'yes', true)");
  const people = await idsOf(tx, 'select id from person where email like $1', [samplePeoplePattern]);
  const { counts, records, kept } = await removeRecords(tx, { people, also });
  const documents = await removeDocuments(tx, people, at);
  const messages = await removeConversations(tx, people);
  const { removed, named } = await removePeople(tx, people, at);
  await tx.query('delete from sample_company');

  const gone = { people: removed, ...documents, messages };
  await appendAudit(tx, {
    actor: removalActor,
    action: 'sample_company.removed',
    record: 'sample_company',
    detail: { ...gone, records: counts, kept: kept.map(({ reference }) => reference), named: named.length },
    at,
  });
  return { ...gone, ...counts, records, kept, named };
}

async function removeRecords(tx: Queryable, scope: SampleScope) {
  const removed: SamplesRemoved[] = [];
  // What refers to other rooms' records stands behind them in the list, and goes before them.
  for (const { samples } of rooms.toReversed())
    if (samples !== undefined) removed.push(await samples.remove(tx, scope));
  const known = removed.flatMap((room) => room.known);
  const unknown = scope.also.filter((said) => !known.includes(said));
  if (unknown.length > 0)
    throw new OperatorError(`--also names what is no record of the sample company: ${unknown.join(', ')}.`);
  return {
    counts: Object.assign({}, ...removed.map(({ counts }) => counts)) as Record<string, number>,
    records: removed.flatMap(({ text }) => text ?? []),
    kept: removed.flatMap((room) => room.kept),
  };
}

async function removeDocuments(tx: Queryable, people: number[], at: Date) {
  // Whoever first wrote a version into the audit log brought it; later entries say what became of it.
  const versions = await selectAll(
    tx,
    z.object({ id: z.number(), documentId: z.number() }),
    `select version.id, version.document_id from document_version version join (
       select distinct on (record) record, actor from audit_entry where record like 'document_version:%'
       order by record, seq
     ) brought on brought.record = 'document_version:' || version.id
     where actor = $1 or actor = any($2)`,
    [sampleActor, people.map((id) => `person:${id}`)],
  );
  const ids = versions.map(({ id }) => id);

  const beside = await selectAll(
    tx,
    z.object({ id: z.number(), reference: z.string() }),
    `select distinct document.id, document.reference from document
     join document_version version on version.document_id = document.id
     where version.basis_version_id = any($1) and not version.id = any($1) order by document.reference`,
    [ids],
  );
  for (const { id } of beside)
    await removeFromIndex(tx, await archiveDocument(tx, id, { actor: removalActor, at }));
  await tx.query('update document_version set basis_version_id = null where basis_version_id = any($1)', [
    ids,
  ]);
  for (const { samples } of rooms) await samples?.letGo?.(tx, { versions: ids });

  await removeFromIndex(tx, ids);
  await tx.query(
    'delete from section_expansion where section_id in (select id from section where version_id = any($1))',
    [ids],
  );
  await tx.query('delete from section where version_id = any($1)', [ids]);
  await tx.query('delete from document_version where id = any($1)', [ids]);
  const empty = await idsOf(
    tx,
    `select id from document where id = any($1)
       and not exists (select from document_version where document_id = document.id)`,
    [versions.map(({ documentId }) => documentId)],
  );
  for (const { samples } of rooms) await samples?.letGo?.(tx, { documents: empty });
  await tx.query('delete from document where id = any($1)', [empty]);
  return {
    documents: empty.length,
    versions: ids.length,
    archived: beside.map(({ reference }) => reference),
  };
}

/** What they said and were told. An input that a record which stays came from stays too, without anything to be said. */
async function removeConversations(tx: Queryable, people: number[]): Promise<number> {
  const { addresses } = await selectOne(
    tx,
    z.object({ addresses: z.array(z.string()) }),
    `select coalesce(array_agg(address), '{}') as addresses from (
       select direct_address as address from identity where person_id = any($1) and direct_address is not null
       union select 'console:' || email from person where id = any($1)
     ) known`,
    [people],
  );
  const inputs = await idsOf(
    tx,
    "select id from inbox where address = any($1) or lower(input #>> '{sender,email}') like $2",
    [addresses, samplePeoplePattern],
  );
  for (const table of ['proposal', 'model_use'])
    await tx.query(`delete from ${table} where person_id = any($1)`, [people]);
  await tx.query('delete from address_reference where address = any($1)', [addresses]);
  const { rowCount } = await tx.query('delete from message where address = any($1)', [addresses]);

  const said = 'inbox_id = any($1) or person_id = any($2) or address = any($3)';
  const parameters = [inputs, people, addresses];
  await tx.query(
    `update outbox set edits = null where edits in (select id from outbox where ${said})`,
    parameters,
  );
  await tx.query(`delete from outbox where ${said}`, parameters);
  await tx.query(`delete from inbox where id = any($1) and ${await unreferenced(tx, 'inbox')}`, [inputs]);
  return rowCount ?? 0;
}

async function removePeople(
  tx: Queryable,
  people: number[],
  at: Date,
): Promise<{ removed: number; named: string[] }> {
  await tx.query('delete from identity where person_id = any($1)', [people]);
  await tx.query('update person set manager_id = null where manager_id = any($1) or id = any($1)', [people]);
  const gone = await idsOf(
    tx,
    `delete from person where id = any($1) and ${await unreferenced(tx, 'person')} returning id`,
    [people],
  );
  const named = await selectAll(
    tx,
    z.object({ name: z.string() }),
    `update person set active = false, left_on = coalesce(left_on, $2), roles = '{employee}', groups = '{}'
     where id = any($1) returning name`,
    [people, dayOf(at, 'UTC')],
  );
  return { removed: gone.length, named: named.map(({ name }) => name).sort() };
}

const Reference = z.object({ table: z.string(), column: z.string() });

/** Every column that points at rows of a table, those of tables of another day included. */
function referencesTo(tx: Queryable, table: 'person' | 'inbox'): Promise<z.infer<typeof Reference>[]> {
  return selectAll(
    tx,
    Reference,
    `select conrelid::regclass::text as table, attname as column from pg_constraint
     join pg_attribute on attrelid = conrelid and attnum = conkey[1]
     where contype = 'f' and confrelid = $1::regclass order by 1, 2`,
    [table],
  );
}

/** A condition on the rows of a table: nothing points at them. */
async function unreferenced(tx: Queryable, table: 'person' | 'inbox'): Promise<string> {
  const references = await referencesTo(tx, table);
  return references
    .map(
      (from) => `not exists (select from ${from.table} pointing where pointing.${from.column} = ${table}.id)`,
    )
    .join(' and ');
}
