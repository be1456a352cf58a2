// A workload as a program of another house would write it: oauth4webapi speaks the protocol, jose signs the assertion.
// Usage: node oauth-client.mjs URL SERVER KEY-NAME KEY.pem   Prints what came of each step, as JSON.
import { readFileSync } from "node:fs";
import * as oauth from "oauth4webapi";
import { SignJWT, importPKCS8 } from "jose";

const [base, server, name, pem] = process.argv.slice(2);
const insecure = { [oauth.allowInsecureRequests]: true };
const resource = new URL(`${base}/mcp/${server}`);
const report = {};

// 1. What a client finds out by itself: the resource names its authorization server, and that describes itself.
const described = await oauth.processResourceDiscoveryResponse(resource, await oauth.resourceDiscoveryRequest(resource, insecure));
report.authorizationServer = described.authorization_servers[0];
const issuer = new URL(described.authorization_servers[0]);
const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure }));

// 2. The workload's own proof.
const key = await importPKCS8(readFileSync(pem, "utf8"), "ES256");
const assertion = () => new SignJWT({}).setProtectedHeader({ alg: "ES256", typ: "vetopoint-workload+jwt" })
  .setIssuer(name).setSubject(name).setAudience(as.issuer).setIssuedAt().setExpirationTime("60s").setJti(crypto.randomUUID()).sign(key);

// 3. Token exchange, bound by DPoP; the library is told a nonce and asks again with it.
const client = { client_id: "deploy-bot" };
const pair = await oauth.generateKeyPair("ES256", { extractable: true });
const DPoP = oauth.DPoP(client, pair);
const exchange = async () => oauth.genericTokenEndpointRequest(as, client, oauth.None(), "urn:ietf:params:oauth:grant-type:token-exchange", {
  subject_token: await assertion(),
  subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
  resource: resource.href,
  authorization_details: JSON.stringify([{ type: "vetopoint_task", purpose: "a program of another house" }]),
}, { DPoP, ...insecure });
let tokens;
try {
  tokens = await oauth.processGenericTokenEndpointResponse(as, client, await exchange());
} catch (e) {
  if (!oauth.isDPoPNonceError(e)) throw e;
  report.nonceAsked = true;
  tokens = await oauth.processGenericTokenEndpointResponse(as, client, await exchange());
}
report.tokenType = tokens.token_type;
report.details = tokens.authorization_details[0].type;

// 4. A call with it.
const body = JSON.stringify({
  jsonrpc: "2.0", id: 0, method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } },
});
const headers = new Headers({ "content-type": "application/json", accept: "application/json, text/event-stream" });
const call = (options) => oauth.protectedResourceRequest(tokens.access_token, "POST", resource, headers, body, { ...options, ...insecure });
let seen;
const observed = async (url, init) => {
  seen = new Request(url, { method: init.method, headers: init.headers });
  return fetch(url, init);
};
report.called = (await call({ DPoP, [oauth.customFetch]: observed })).status;

// 5. The library judges our token and its own proof by RFC 9068 and RFC 9449, with our published keys.
const claims = await oauth.validateJwtAccessToken(as, seen, resource.href, { requireDPoP: true, ...insecure });
report.task = claims.txn;
report.agent = claims.client_id;

// 6. The same token with another key, and without any.
const thief = oauth.DPoP(client, await oauth.generateKeyPair("ES256"));
const refusal = async (options) => {
  try {
    return (await call(options)).status;
  } catch (e) {
    if (oauth.isDPoPNonceError(e)) return refusal(options);
    return e.cause?.map?.((challenge) => challenge.parameters.error).find(Boolean) ?? String(e);
  }
};
report.thief = await refusal({ DPoP: thief });
report.bearer = await refusal({});

// 7. Given up: its task is over.
const proof = async (url) => new SignJWT({ htm: "POST", htu: url, nonce: (await fetch(`${base}/oauth/token`, { method: "POST" })).headers.get("dpop-nonce") })
  .setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk: await publicJwk(pair.publicKey) }).setIssuedAt().setJti(crypto.randomUUID()).sign(pair.privateKey);
const publicJwk = async (publicKey) => {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return { kty, crv, x, y };
};
const holder = async (url) => ({ headers: new Headers({ DPoP: await proof(url) }), ...insecure });
const ask = async () => (await oauth.processIntrospectionResponse(
  as, client, await oauth.introspectionRequest(as, client, oauth.None(), tokens.access_token, await holder(as.introspection_endpoint)))).active;
report.active = await ask();
await oauth.processRevocationResponse(
  await oauth.revocationRequest(as, client, oauth.None(), tokens.access_token, await holder(as.revocation_endpoint)));
report.activeAfter = await ask();
report.afterRevocation = await refusal({ DPoP });

console.log(JSON.stringify(report));
