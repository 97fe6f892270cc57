/** Which version of a document people are asked for, and who may read it: as search finds it, in SQL. */

/** Versions that are in force on a day, one a document. @param day  SQL for it */
export const inForceSql = (day: string) => `
  select distinct on (version.document_id) version.*, document.reference
  from document_version version join document on document.id = version.document_id
  where document.archived_at is null and document.kind = 'policy' and version.status = 'published' and version.effective_from <= ${day}
  order by version.document_id, version.effective_from desc, version.id desc`;

const audiencesSql = "(array['everyone'] || array(select lower(name) from unnest(person.groups || person.roles || person.department) as name))"; // prettier-ignore

/** Whether `person` may read a version. @param version  its name in the statement */
const readsSql = (version: string) => `${version}.audience && ${audiencesSql}`;

/** Whether `person` is asked for `version`: whoever only audits is not. */
export const isReaderSql = `person.active and ${readsSql('version')}
  and not ('auditor' = any(person.roles) and not person.roles && '{action_owner,manager,isms_manager,admin}')`;

/** 2 of 2.1: what begins anew with a major version. */
const majorSql = (version: string) => `split_part(ltrim(lower(${version}), 'v '), '.', 1)`;

/** Whether what was acknowledged of one version holds for the other. @param minorAgain  SQL: a minor one asks anew */
export const holdsSql = (acknowledged: string, version: string, minorAgain: string) =>
  `(${acknowledged} = ${version} or (not ${minorAgain} and ${majorSql(acknowledged)} = ${majorSql(version)}))`;

/** SHA-256 of all that a version says, in its order: the same for two revisions that say the same. @param id  SQL for its id */
export const textHashSql = (id: string) => `(
  select encode(sha256(convert_to(string_agg(concat_ws(E'\\n', number || ' ' || heading, body), E'\\n\\n' order by ordinal), 'UTF8')), 'hex')
  from section where version_id = ${id})`;

/** The id of what `person` is shown of `version`: its translation into their language, where there is one of the same version. */
export const shownSql = (day: string) => `coalesce((
  select own.id from document_version own join document translation on translation.id = own.document_id
  where own.translates = (select reference from document original where original.id = version.document_id)
    and own.version = version.version and own.status = 'published' and own.effective_from <= ${day} and translation.archived_at is null
    and own.language <> version.language and own.language = lower(left(person.locale, 2)) and ${readsSql('own')}
  order by own.id desc limit 1), version.id)`;
