// The reference engine (@cedar-policy/cedar-wasm) on cases of ours, to compare answers and times with.
//   node cedar-wasm.mjs answer      reads cases as JSON lines, writes one line of answers for each
//   node cedar-wasm.mjs time FILE SECONDS      times the requests of one case, policies and schema parsed beforehand
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';

const [mode, file, seconds] = process.argv.slice(2);

function prepare(test) {
  const staticPolicies = Object.fromEntries(test.policies.map((text, i) => [`policy${i}`, text]));
  const templates = Object.fromEntries((test.templates ?? []).map((text, i) => [`template${i}`, text]));
  const parsed = cedar.preparsePolicySet('set', { staticPolicies, templates, templateLinks: test.links ?? [] });
  if (parsed.type !== 'success') throw new Error(`${test.name}: ${parsed.errors.map((error) => error.message).join('; ')}`);
  if (test.schema) {
    const schema = cedar.preparseSchema('schema', test.schema);
    if (schema.type !== 'success') throw new Error(`${test.name}: ${schema.errors.map((error) => error.message).join('; ')}`);
  }
}

const call = (request, entities) => ({ ...request, preparsedPolicySetId: 'set', entities });

function answer(test) {
  try {
    prepare(test);
  } catch (error) {
    return { refused: String(error.message) };
  }
  return {
    answers: test.requests.map((request) => {
      const result = cedar.statefulIsAuthorized(call(request, test.entities));
      if (result.type !== 'success') return { refused: result.errors.map((error) => error.message).join('; ') };
      const { decision, diagnostics } = result.response;
      return { decision, reasons: [...diagnostics.reason].sort(), errors: diagnostics.errors.map((error) => error.policyId).sort() };
    }),
  };
}

// A call takes its entities with it, so it gets those it can reach and no others, as a careful caller would do.
function slicer(entities) {
  const key = (uid) => `${uid.type}::${uid.id}`;
  const byKey = new Map(entities.map((entity) => [key(entity.uid), entity]));
  const references = (value, found) => {
    if (value && typeof value === 'object') {
      if (value.__entity) found.push(value.__entity);
      else for (const part of Object.values(value)) references(part, found);
    }
    return found;
  };
  return (request) => {
    const open = [request.principal, request.action, request.resource];
    const seen = new Map();
    while (open.length) {
      const uid = open.pop();
      const entity = byKey.get(key(uid));
      if (!entity || seen.has(key(uid))) continue;
      seen.set(key(uid), entity);
      open.push(...entity.parents, ...references(entity.attrs, []));
    }
    return [...seen.values()];
  };
}

// The entities of the schema's actions. With these a call needs no schema, and is much quicker than with a parsed one.
function actionEntities(schema) {
  if (!schema) return [];
  const { json } = cedar.schemaToJson(schema);
  return Object.entries(json).flatMap(([namespace, { actions }]) => {
    const uid = ({ type, id }) => ({ type: type ?? (namespace ? `${namespace}::Action` : 'Action'), id });
    return Object.entries(actions ?? {}).map(([id, action]) => ({ uid: uid({ id }), attrs: {}, parents: (action.memberOf ?? []).map(uid) }));
  });
}

function time(test, limit) {
  prepare(test);
  const slice = slicer([...test.entities, ...actionEntities(test.schema)]);
  const calls = test.requests.map((request) => call(request, slice(request)));
  const samples = [];
  const end = performance.now() + limit * 1000;
  for (let i = 0; performance.now() < end; i++) {
    const start = process.hrtime.bigint();
    const result = cedar.statefulIsAuthorized(calls[i % calls.length]);
    samples.push(Number(process.hrtime.bigint() - start) / 1000);
    if (result.type !== 'success') throw new Error(`${test.name}: ${JSON.stringify(result.errors)}`);
  }
  const counted = samples.slice(Math.floor(samples.length / 4)).sort((a, b) => a - b);
  const at = (share) => counted[Math.min(counted.length - 1, Math.floor(counted.length * share))];
  return { p50: at(0.5), p99: at(0.99), calls: counted.length };
}

if (mode === 'time') {
  console.log(JSON.stringify(time(JSON.parse(readFileSync(file, 'utf8')), Number(seconds))));
} else if (mode === 'answer') {
  for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(answer(JSON.parse(line))));
} else {
  console.error('Say `answer` or `time FILE SECONDS`.');
  process.exit(2);
}
