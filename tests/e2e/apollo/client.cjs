// Apollo Client, as a front end uses it: node client.cjs URL TOKEN ROOM. Prints one JSON object of what it saw.
"use strict";

const { ApolloClient, InMemoryCache, HttpLink, gql, CombinedGraphQLErrors } = require("@apollo/client");
const { GraphQLWsLink } = require("@apollo/client/link/subscriptions");
const { createClient } = require("graphql-ws");
const { getIntrospectionQuery, buildClientSchema } = require("graphql");
const WebSocket = require("ws");

const [url, token, room] = process.argv.slice(2);

const HISTORY = gql`
  query History($room: String!) {
    room_history(room: $room) {
      messages { seq text by_profile { name } }
    }
  }
`;
const POST = gql`
  mutation Post($room: String!, $text: String!, $nonce: String) {
    message_post(room: $room, text: $text, nonce: $nonce) { seq position }
  }
`;
const SESSION = gql`
  subscription Session($cursor: CursorInput) {
    session(cursor: $cursor) {
      __typename
      ... on SessionOpened { epoch position hash resumed }
      ... on Event { event stream seq position hash data by_profile { name } }
    }
  }
`;

function overHttp(bearer) {
  const headers = bearer ? { authorization: `Bearer ${bearer}` } : {};
  const link = new HttpLink({ uri: url, headers });
  return new ApolloClient({ link, cache: new InMemoryCache(), defaultOptions: { query: { fetchPolicy: "no-cache" } } });
}

function overWebSocket(bearer, closed) {
  return createClient({
    url: url.replace(/^http/, "ws"),
    webSocketImpl: WebSocket,
    connectionParams: bearer ? { token: bearer } : {},
    retryAttempts: 0,
    on: { closed: (event) => closed?.(event.code) },
  });
}

async function refusedWith(asking) {
  try {
    await asking;
    return "not refused";
  } catch (error) {
    return CombinedGraphQLErrors.is(error) ? error.errors[0].extensions.code : String(error);
  }
}

// The frames of a session from its beginning until `enough` says so.
function frames(apollo, variables, enough, opened) {
  const seen = [];
  return new Promise((resolve, reject) => {
    const subscription = apollo.subscribe({ query: SESSION, variables }).subscribe({
      next({ data, error }) {
        if (error) return reject(error);
        seen.push(data.session);
        if (seen.length === 1) opened?.();
        if (enough(data.session)) {
          subscription.unsubscribe();
          resolve(seen);
        }
      },
      error: reject,
    });
  });
}

async function main() {
  const apollo = overHttp(token);
  const introspection = await (await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  })).json();
  const schema = buildClientSchema(introspection.data);

  const sockets = overWebSocket(token);
  const live = new ApolloClient({ link: new GraphQLWsLink(sockets), cache: new InMemoryCache() });
  const post = (text, nonce) => apollo.mutate({ mutation: POST, variables: { room, text, nonce } });

  const first = await frames(
    live,
    {},
    (frame) => frame.event === "message.posted" && frame.data.text === "one",
    () => post("one", "n1"),
  );
  const { epoch } = first[0];
  const last = first.at(-1);
  await post("two", "n2");
  const again = await post("two", "n2");
  const cursor = { epoch, position: last.position, hash: last.hash };
  const resumed = await frames(live, { cursor }, (frame) => frame.data?.text === "two");
  const history = await apollo.query({ query: HISTORY, variables: { room } });
  const conflict = await refusedWith(post("three", "n2"));
  const stranger = await refusedWith(overHttp(null).query({ query: HISTORY, variables: { room } }));

  const code = await new Promise((resolve) => {
    const intruder = overWebSocket("no such token", resolve);
    intruder.subscribe({ query: "{ server_status { position } }" }, { next() {}, error() {}, complete() {} });
  });
  await sockets.dispose();
  process.stdout.write(
    JSON.stringify({
      types: Object.keys(schema.getTypeMap()).length,
      first: first.map((frame) => frame.__typename),
      resumed: resumed.map((frame) => [frame.__typename, frame.resumed ?? frame.data?.text]),
      seq: again.data.message_post.seq,
      history: history.data.room_history.messages,
      conflict,
      stranger,
      code,
    }),
  );
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
