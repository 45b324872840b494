//! The rules, driven from outside: tables, scenarios, properties, stored shapes.
#![cfg(test)]

mod budget;
mod contents;
mod contest;
mod evidence;
mod handles;
mod leases;
mod limits;
mod matrix;
mod model;
mod money;
mod narrowing;
mod orphans;
mod participants;
mod plan;
mod precedence;
mod properties;
mod registry;
mod report;
mod scale;
mod settling;
mod stored_shapes;
mod why;
mod world;
