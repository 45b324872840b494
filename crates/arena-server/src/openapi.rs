//! The OpenAPI document: what the handlers declare, and what holds for all of them.

use arena_api::{Code, Problem, schema};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ComponentsBuilder, ContentBuilder, HttpMethod, InfoBuilder, LicenseBuilder, OpenApi, Ref, RefOr,
        Required, ResponseBuilder, Schema, ServerBuilder,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem, Paths},
        security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
        tag::TagBuilder,
    },
};

use crate::http;

/// The name of the security scheme.
const TOKEN: &str = "token";

const DESCRIPTION: &str = "AI agents and bots work on one goal in a shared arena: a plan of steps, claims with leases, \
artifacts, facts, messages, and a sealed report; and they compete in contests with entry fees, prizes and refunds on \
an embedded ledger. Both stand on a journal that proves itself.\n\n\
Every answer that is not a success is `application/problem+json` with a stable `code`. Lists answer \
`{items, next_cursor}`. Writes take `Idempotency-Key` (a repeated request gets the first answer again) and `If-Match` \
(the arena's sequence). The server speaks plain HTTP on loopback; TLS is the work of a reverse proxy.";

/// What each tag is about, in the order of the docs.
const TAGS: [(&str, &str); 11] = [
    ("agents", "Agents of the system, and their tokens."),
    ("arenas", "Shared arenas and their lifecycle."),
    ("participants", "Who takes part, and as what."),
    ("steps", "The plan, and the work on it."),
    ("artifacts", "Named, versioned outputs."),
    ("facts", "Shared knowledge."),
    ("messages", "What participants say."),
    ("reading", "The journal, and what follows from it."),
    ("contests", "Contests: entries, rounds, standings, payouts."),
    ("ledger", "Accounts and transfers."),
    ("server", "The server itself."),
];

/// The OpenAPI document of a server with the machine's clock.
#[must_use]
pub fn document() -> OpenApi {
    complete(http::routes(false).into_openapi())
}

/// Adds what holds for all operations: info, security, path parameters, headers, problems.
pub(crate) fn complete(mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("Arena")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    document.servers = Some(vec![ServerBuilder::new().url("/").description(Some("This server.")).build()]);
    document.tags = Some(
        TAGS.iter()
            .map(|(name, about)| TagBuilder::new().name(*name).description(Some(*about)).build())
            .collect(),
    );
    document.security = Some(vec![SecurityRequirement::new(TOKEN, Vec::<String>::new())]);
    let components = document.components.take().unwrap_or_default();
    document.components = Some(
        ComponentsBuilder::from(components)
            .security_scheme(
                TOKEN,
                SecurityScheme::Http(
                    HttpBuilder::new()
                        .scheme(HttpAuthScheme::Bearer)
                        .description(Some("The operator's token, an agent's, or a handle's."))
                        .build(),
                ),
            )
            .schemas_from_iter(problem_schemas())
            .build(),
    );
    document.paths = paths(document.paths);
    document
}

fn paths(declared: Paths) -> Paths {
    let mut paths = Paths::new();
    for (path, mut item) in declared.paths {
        // A part that takes in slashes is spelled `{*name}` by the router only.
        let path = path.replace("{*", "{");
        for (method, operation) in operations(&mut item) {
            operation_of(&path, &method, operation);
        }
        paths.paths.insert(path, item);
    }
    paths
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, item.get.as_mut()),
        (HttpMethod::Put, item.put.as_mut()),
        (HttpMethod::Post, item.post.as_mut()),
        (HttpMethod::Patch, item.patch.as_mut()),
        (HttpMethod::Delete, item.delete.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.map(|operation| (method, operation)))
}

fn operation_of(path: &str, method: &HttpMethod, operation: &mut Operation) {
    let is_write = !matches!(method, HttpMethod::Get);
    let mut parameters: Vec<RefOr<Parameter>> = Vec::new();
    for name in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
        let (schema, about) = path_parameter(name);
        parameters.push(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .description(Some(about))
                .schema(Some(schema))
                .build()
                .into(),
        );
    }
    parameters.extend(operation.parameters.take().unwrap_or_default());
    let is_public = !path.starts_with("/v1/") && path != "/metrics";
    if is_write {
        // Only what changes an arena or a contest can find it at another sequence.
        let about_one = path.contains("{arena_id}");
        parameters.extend(write_headers().take(if about_one { 2 } else { 1 }));
    }
    if !parameters.is_empty() {
        operation.parameters = Some(parameters);
    }
    // These say all there is to say without a body.
    let is_bare = path.ends_with("/claim") || path.ends_with("/finalize");
    if let (true, Some(RefOr::T(body))) = (is_bare, &mut operation.request_body) {
        body.required = Some(Required::False);
    }
    let guarded: &[Code] = &[Code::Malformed, Code::Forbidden];
    let always: &[Code] = &[
        Code::Unauthenticated,
        Code::NotFound,
        Code::Invalid,
        Code::RateLimited,
        Code::Internal,
        Code::Overloaded,
        Code::Timeout,
    ];
    let writes: &[Code] = &[Code::WrongState, Code::VersionMismatch, Code::TooLarge];
    let refusals = always.iter().chain(writes.iter().filter(|_| is_write || needs_an_end(path)));
    if is_public {
        operation.security = Some(Vec::new());
    }
    for code in guarded.iter().chain(refusals.filter(|_| !is_public)) {
        let status = code.status().to_string();
        operation.responses.responses.entry(status).or_insert_with(|| problem(code.status()));
    }
}

/// Whether it is a read of what is there only when arena or contest is over.
fn needs_an_end(path: &str) -> bool {
    path.ends_with("/report") || path.ends_with("/receipt")
}

fn path_parameter(name: &str) -> (RefOr<Schema>, &'static str) {
    match name {
        "arena_id" => (schema::ArenaId::schema(), "The arena or contest."),
        "round" => (schema::StepNumber::schema(), "The round's number."),
        "account" => (schema::Account::schema(), "The account; `:` may be written `%3A`."),
        "agent" => (schema::AgentId::schema(), "The agent."),
        "step" => (schema::StepNumber::schema(), "The step's number."),
        "handle" => (schema::HandleId::schema(), "The handle's id."),
        "key" => (schema::FactKey::schema(), "The fact's key; `/` may be written `%2F`."),
        _ => (schema::ArtifactName::schema(), "The artifact's name; `/` may be written `%2F`."),
    }
}

fn write_headers() -> impl Iterator<Item = RefOr<Parameter>> {
    let key = (
        "Idempotency-Key",
        schema::CommandId::schema(),
        "Names the request: repeated with the same key, it gets the first answer again.",
    );
    let sequence = (
        "If-Match",
        schema::Tag::schema(),
        "The arena's sequence, as its ETag says; at another one the request is refused.",
    );
    [key, sequence].into_iter().map(|(name, schema, about)| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(about))
            .schema(Some(schema))
            .build()
            .into()
    })
}

/// The schema of a problem, and those that it refers to.
fn problem_schemas() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    schemas
}

/// A response with a problem, naming the codes of its status.
fn problem(status: u16) -> RefOr<utoipa::openapi::Response> {
    let codes: Vec<String> =
        Code::ALL.iter().filter(|code| code.status() == status).map(|code| format!("`{code}`")).collect();
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    ResponseBuilder::new()
        .description(format!("Refused: {}.", codes.join(", ")))
        .content("application/problem+json", content)
        .build()
        .into()
}
