//! The registry: agents, tokens, handles.

use arena_core::{
    collaboration::{Caller, Permission, Role},
    registry::{Registry, RegistryCommand, RegistryContext, RegistryEvent, RegistryRejection},
    AgentId, ArenaId, HandleId, HandlePermissions, Hash, Millis, Timestamp,
};

use crate::world::{agent, id, number, operator, ARENA, START};

/// A registry, its time, and the roles in the arena that commands name.
struct Office {
    registry: Registry,
    now: Timestamp,
    caller_role: Option<Role>,
    subject_role: Option<Role>,
    open_registration: bool,
    inside: u64,
}

type Told = Result<Vec<RegistryEvent>, RegistryRejection>;

impl Office {
    /// With the operator and the agents bob and cat.
    fn new() -> Self {
        let mut office = Self {
            registry: Registry::default(),
            now: START,
            caller_role: None,
            subject_role: Some(Role::Worker),
            open_registration: false,
            inside: 0,
        };
        office.tell(&Caller::System, register("operator")).unwrap();
        office.tell(&operator(), register("bob")).unwrap();
        office.tell(&operator(), register("cat")).unwrap();
        office
    }

    #[expect(clippy::needless_pass_by_value, reason = "made for one call; a borrow would only be in the way")]
    fn tell(&mut self, caller: &Caller, command: RegistryCommand) -> Told {
        let context = RegistryContext {
            now: self.now,
            caller,
            caller_role: self.caller_role,
            subject_role: self.subject_role,
            open_registration: self.open_registration,
            inside: self.inside,
        };
        let events = self.registry.decide(&command, &context)?;
        events.iter().for_each(|event| self.registry.evolve(event));
        Ok(events)
    }
}

fn token(name: &str) -> Hash {
    Hash::of(name.as_bytes())
}

fn register(name: &str) -> RegistryCommand {
    RegistryCommand::RegisterAgent {
        agent_id: id(name),
        name: Some("Shown".into()),
        token_hash: Some(token(name)),
    }
}

fn handle(n: u8) -> HandleId {
    HandleId::from_bytes([n; 16])
}

fn issue(n: u8, name: &str, expires_at: Timestamp) -> RegistryCommand {
    RegistryCommand::IssueHandle {
        handle: handle(n),
        arena_id: ARENA,
        agent_id: id(name),
        permissions: HandlePermissions::NONE.with(Permission::Read),
        step: Some(number(3)),
        expires_at,
    }
}

fn revoke(n: u8) -> RegistryCommand {
    RegistryCommand::RevokeHandle { handle: handle(n), arena_id: ARENA }
}

fn later(seconds: u64) -> Timestamp {
    START.plus(Millis::from_secs(seconds))
}

fn code(told: &Told) -> &'static str {
    told.as_ref().map_or_else(RegistryRejection::code, |_| "ok")
}

fn owner(office: &Office, name: &str) -> Option<AgentId> {
    office.registry.agent_of_token(&token(name)).cloned()
}

#[test]
fn only_the_operator_registers_unless_registration_is_open() {
    let mut office = Office::new();
    assert_eq!(code(&office.tell(&agent("bob"), register("new"))), "forbidden");
    office.open_registration = true;
    assert_eq!(code(&office.tell(&agent("bob"), register("new"))), "ok");
    assert_eq!(owner(&office, "new"), Some(id("new")));
    assert!(office.registry.is_registered(&id("new")));
}

#[test]
fn reserved_names_are_registered_by_nobody_but_the_first_event() {
    let mut office = Office::new();
    for name in ["operator", "system", "treasury", "external"] {
        assert_eq!(code(&office.tell(&operator(), register(name))), "invalid");
    }
    assert_eq!(code(&office.tell(&Caller::System, register("treasury"))), "invalid");
    assert_eq!(
        code(&office.tell(&operator(), RegistryCommand::RemoveAgent { agent_id: id("operator") })),
        "invalid"
    );
}

#[test]
fn the_token_of_a_reserved_name_is_replaced_by_nobody() {
    let mut office = Office::new();
    for name in ["operator", "system", "treasury", "external"] {
        let replace = RegistryCommand::ReplaceToken { agent_id: id(name), token_hash: token("second") };
        assert_eq!(code(&office.tell(&operator(), replace)), "invalid", "{name}");
    }
    assert_eq!(owner(&office, "second"), None);
}

#[test]
fn an_id_is_never_given_twice() {
    let mut office = Office::new();
    let taken = Err(RegistryRejection::NameTaken { agent_id: id("bob") });
    assert_eq!(office.tell(&operator(), register("bob")), taken);
    office.tell(&operator(), RegistryCommand::RemoveAgent { agent_id: id("bob") }).unwrap();
    assert_eq!(office.tell(&operator(), register("bob")), taken);
    assert!(!office.registry.is_registered(&id("bob")));
    assert_eq!(owner(&office, "bob"), None);
}

#[test]
fn a_display_name_has_one_to_thirty_two_bytes() {
    let mut office = Office::new();
    for (name, expected) in [("", "invalid"), (&"x".repeat(33), "invalid"), (&"x".repeat(32), "ok")] {
        let command =
            RegistryCommand::RegisterAgent { agent_id: id("new"), name: Some(name.into()), token_hash: None };
        assert_eq!(code(&office.tell(&operator(), command)), expected);
    }
}

#[test]
fn a_token_is_replaced_by_the_agent_or_the_operator() {
    let mut office = Office::new();
    let replace =
        |name: &str| RegistryCommand::ReplaceToken { agent_id: id(name), token_hash: token("second") };
    assert_eq!(code(&office.tell(&agent("cat"), replace("bob"))), "forbidden");
    assert_eq!(code(&office.tell(&agent("bob"), replace("nobody"))), "not_found");
    assert_eq!(code(&office.tell(&agent("bob"), replace("bob"))), "ok");
    assert_eq!((owner(&office, "bob"), owner(&office, "second")), (None, Some(id("bob"))));
    assert_eq!(code(&office.tell(&operator(), replace("bob"))), "ok");
}

#[test]
fn an_agent_mints_for_itself_a_coordinator_for_any_participant() {
    let mut office = Office::new();
    assert_eq!(code(&office.tell(&agent("bob"), issue(1, "bob", later(60)))), "ok");
    assert_eq!(code(&office.tell(&agent("bob"), issue(2, "cat", later(60)))), "forbidden");
    office.caller_role = Some(Role::Coordinator);
    assert_eq!(code(&office.tell(&agent("bob"), issue(2, "cat", later(60)))), "ok");
    assert_eq!(code(&office.tell(&agent("bob"), issue(3, "cat", START))), "invalid");
    office.subject_role = None;
    assert_eq!(code(&office.tell(&agent("bob"), issue(3, "cat", later(60)))), "not_found");
    let issued = office.registry.handle(&handle(2)).unwrap();
    assert_eq!((&issued.agent_id, issued.step, issued.arena_id), (&id("cat"), Some(number(3)), ARENA));
}

/// The handle with a number beyond those that fit in a byte.
fn numbered(n: u16, name: &str, arena_id: ArenaId, expires_at: Timestamp) -> RegistryCommand {
    let mut bytes = [0; 16];
    bytes[..2].copy_from_slice(&n.to_be_bytes());
    let handle = HandleId::from_bytes(bytes);
    let permissions = HandlePermissions::NONE.with(Permission::Read);
    RegistryCommand::IssueHandle { handle, arena_id, agent_id: id(name), permissions, step: None, expires_at }
}

#[test]
fn an_agent_has_so_many_live_handles_in_an_arena_and_no_more() {
    let mut office = Office::new();
    let other = ArenaId::from_bytes([8; 16]);
    for n in 0..1_024 {
        let expires_at = later(if n < 2 { 10 } else { 99 });
        office.tell(&operator(), numbered(n, "bob", ARENA, expires_at)).unwrap();
    }
    let one_more =
        |office: &mut Office, n| code(&office.tell(&operator(), numbered(n, "bob", ARENA, later(99))));
    assert_eq!(one_more(&mut office, 2_000), "limit_reached");
    assert_eq!(code(&office.tell(&operator(), numbered(2_001, "bob", other, later(99)))), "ok");
    assert_eq!(code(&office.tell(&operator(), numbered(2_002, "cat", ARENA, later(99)))), "ok");

    let handle = HandleId::from_bytes([0; 16]);
    office.tell(&operator(), RegistryCommand::RevokeHandle { handle, arena_id: ARENA }).unwrap();
    assert_eq!(one_more(&mut office, 2_003), "ok", "one was revoked");
    assert_eq!(one_more(&mut office, 2_004), "limit_reached");
    office.now = later(10);
    assert_eq!(one_more(&mut office, 2_005), "ok", "one has ended by itself");
    assert_eq!(one_more(&mut office, 2_006), "limit_reached");
}

#[test]
fn a_handle_gives_out_and_ends_nothing() {
    let mut office = Office::new();
    office.tell(&agent("bob"), issue(1, "bob", later(60))).unwrap();
    let bounded = |at_most, only_step| Caller::Agent { agent_id: id("bob"), at_most, only_step };
    let narrow = bounded(HandlePermissions::NONE.with(Permission::Read), None);
    for caller in [narrow, bounded(HandlePermissions::ALL, Some(number(1)))] {
        assert_eq!(code(&office.tell(&caller, issue(2, "bob", later(60)))), "forbidden");
        assert_eq!(code(&office.tell(&caller, revoke(1))), "forbidden");
        let command = RegistryCommand::ReplaceToken { agent_id: id("bob"), token_hash: token("x") };
        assert_eq!(code(&office.tell(&caller, command)), "forbidden");
    }
}

#[test]
fn a_handle_is_revoked_by_its_agent_a_coordinator_or_the_operator() {
    let mut office = Office::new();
    office.tell(&agent("bob"), issue(1, "bob", later(60))).unwrap();
    assert_eq!(code(&office.tell(&agent("cat"), revoke(1))), "not_found");
    let elsewhere =
        RegistryCommand::RevokeHandle { handle: handle(1), arena_id: ArenaId::from_bytes([8; 16]) };
    assert_eq!(code(&office.tell(&operator(), elsewhere)), "not_found");
    assert_eq!(code(&office.tell(&agent("bob"), revoke(1))), "ok");
    assert_eq!(code(&office.tell(&agent("bob"), revoke(1))), "not_found");
    office.tell(&agent("bob"), issue(2, "bob", later(60))).unwrap();
    office.caller_role = Some(Role::Coordinator);
    assert_eq!(code(&office.tell(&agent("cat"), revoke(2))), "ok");
    assert_eq!(office.registry.revoked(handle(2), START), None);
}

#[test]
fn ended_handles_and_those_of_removed_agents_are_forgotten() {
    let mut office = Office::new();
    office.tell(&agent("bob"), issue(1, "bob", later(10))).unwrap();
    office.tell(&agent("cat"), issue(2, "cat", later(99))).unwrap();
    assert_eq!(office.registry.weight(), 5);
    office.now = later(10);
    office.tell(&agent("cat"), issue(3, "cat", later(99))).unwrap();
    assert_eq!((office.registry.handle(&handle(1)), office.registry.weight()), (None, 5));
    office.tell(&agent("cat"), RegistryCommand::RemoveAgent { agent_id: id("cat") }).unwrap();
    assert_eq!(office.registry.handle(&handle(2)), None);
}

#[test]
fn lists_are_sorted_and_leave_out_who_was_removed() {
    let mut office = Office::new();
    office.tell(&operator(), register("ann")).unwrap();
    office.tell(&operator(), RegistryCommand::RemoveAgent { agent_id: id("cat") }).unwrap();
    let names = |after: Option<&AgentId>| -> Vec<AgentId> {
        office.registry.agents_after(after).map(|(agent, _)| agent.clone()).collect()
    };
    assert_eq!(names(None), ["ann", "bob", "operator"].map(id));
    assert_eq!(names(Some(&id("ann"))), ["bob", "operator"].map(id));
}

#[test]
fn a_snapshot_of_the_registry_read_back_is_the_registry() {
    let mut office = Office::new();
    office.tell(&agent("bob"), issue(1, "bob", later(10))).unwrap();
    let text = serde_json::to_string(&office.registry).unwrap();
    assert_eq!(serde_json::from_str::<Registry>(&text).unwrap(), office.registry);
}
