//! What may be asked.

use proptest::prelude::*;
use proptest::sample::select;

/// Metadata by the last part of its name. An empty value removes it from a container.
pub(super) type Meta = Vec<(&'static str, String)>;

/// A container and an object.
pub(super) type Name = (&'static str, String);

/// Where the segments of large objects are. No manifest is put there.
pub(super) const SEGMENTS: &str = "seg";

pub(super) const CONTAINERS: [&str; 3] = ["c-1", "c-2", SEGMENTS];

/// An object whose name tells its type.
pub(super) const TEXT: &str = "a.txt";

#[derive(Debug, Clone)]
pub(super) enum Step {
    PutContainer(&'static str, Meta),
    PostContainer(&'static str, Meta),
    DeleteContainer(&'static str),
    HeadContainer(&'static str),
    ListContainer(&'static str, Page),
    HeadAccount,
    ListAccount(Page),
    Put(Name, Vec<u8>, Tag, Given, bool),
    PutDynamic(Name, String),
    PutStatic(Name, Vec<String>),
    Post(Name, Given),
    Copy {
        from: Name,
        to: Name,
        by_put: bool,
        fresh: bool,
    },
    Delete(Name),
    Read {
        name: Name,
        head: bool,
        condition: Option<Condition>,
        range: Option<Range>,
    },
    /// So many virtual seconds pass.
    Wait(u32),
    /// The emulator ends and begins again, where it keeps its state.
    Restart,
}

/// What a PUT promises of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    None,
    Right,
    Wrong,
}

/// What an object is given to keep.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) meta: Meta,
    pub(super) kind: Option<&'static str>,
    /// `X-Delete-After`.
    pub(super) lives: Option<u32>,
}

#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) prefix: String,
    pub(super) marker: String,
    pub(super) end_marker: String,
    pub(super) delimiter: bool,
    pub(super) reverse: bool,
    pub(super) limit: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Condition {
    /// `If-Match` with the tag of the object, or another.
    Match(bool),
    /// `If-None-Match`.
    NoneMatch(bool),
    /// `If-Modified-Since`, so many seconds from the date of the object.
    ModifiedSince(i64),
    /// `If-Unmodified-Since`.
    UnmodifiedSince(i64),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Range {
    Between(u64, u64),
    From(u64),
    Last(u64),
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (container(), meta()).prop_map(|(name, meta)| Step::PutContainer(name, meta)),
        2 => (container(), meta()).prop_map(|(name, meta)| Step::PostContainer(name, meta)),
        1 => container().prop_map(Step::DeleteContainer),
        3 => container().prop_map(Step::HeadContainer),
        8 => (container(), page()).prop_map(|(name, page)| Step::ListContainer(name, page)),
        2 => Just(Step::HeadAccount),
        2 => page().prop_map(Step::ListAccount),
        16 => (name(), body(), tag(), given(), prop::bool::weighted(0.2))
            .prop_map(|(name, body, tag, given, new)| Step::Put(name, body, tag, given, new)),
        2 => (joined(), "[ab]").prop_map(|(name, prefix)| Step::PutDynamic(name, prefix)),
        3 => (joined(), prop::collection::vec(object(), 1..4))
            .prop_map(|(name, segments)| Step::PutStatic(name, segments)),
        3 => (name(), given()).prop_map(|(name, given)| Step::Post(name, given)),
        3 => (name(), name(), any::<bool>(), any::<bool>())
            .prop_map(|(from, to, by_put, fresh)| Step::Copy { from, to, by_put, fresh }),
        4 => name().prop_map(Step::Delete),
        16 => (name(), any::<bool>(), prop::option::weighted(0.3, condition()), prop::option::weighted(0.4, range()))
            .prop_map(|(name, head, condition, range)| Step::Read { name, head, condition, range }),
        3 => (0_u32..6).prop_map(Step::Wait),
    ]
}

fn container() -> impl Strategy<Value = &'static str> {
    select(CONTAINERS.to_vec())
}

fn object() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[ab]",
        3 => "[ab/]{1,4}",
        1 => "[ab/ %+?\u{e9}\u{10ffff}]{1,3}",
        1 => Just(TEXT.to_owned()),
    ]
}

fn name() -> impl Strategy<Value = Name> {
    (container(), object())
}

/// Where a manifest may be put.
fn joined() -> impl Strategy<Value = Name> {
    (select(vec!["c-1", "c-2"]), object())
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let some = prop::collection::vec(any::<u8>(), 1..40);
    prop_oneof![1 => Just(Vec::new()), 4 => some]
}

fn tag() -> impl Strategy<Value = Tag> {
    prop_oneof![6 => Just(Tag::None), 2 => Just(Tag::Right), 1 => Just(Tag::Wrong)]
}

fn meta() -> impl Strategy<Value = Meta> {
    prop::collection::vec((select(vec!["color", "mtime"]), "[a-z]{0,4}"), 0..2)
}

fn given() -> impl Strategy<Value = Given> {
    let kind = prop::option::weighted(0.3, select(vec!["application/zip", "text/csv"]));
    (meta(), kind, prop::option::weighted(0.2, 1_u32..8)).prop_map(|(meta, kind, lives)| Given {
        meta,
        kind,
        lives,
    })
}

fn page() -> impl Strategy<Value = Page> {
    let edge = || prop_oneof![2 => Just(String::new()), 1 => "[abc/]{0,3}"];
    (
        edge(),
        edge(),
        edge(),
        any::<bool>(),
        any::<bool>(),
        prop::option::of(0_usize..5),
    )
        .prop_map(
            |(prefix, marker, end_marker, delimiter, reverse, limit)| Page {
                prefix,
                marker,
                end_marker,
                delimiter,
                reverse,
                limit,
            },
        )
}

fn condition() -> impl Strategy<Value = Condition> {
    prop_oneof![
        any::<bool>().prop_map(Condition::Match),
        any::<bool>().prop_map(Condition::NoneMatch),
        (-1_i64..2).prop_map(Condition::ModifiedSince),
        (-1_i64..2).prop_map(Condition::UnmodifiedSince),
    ]
}

fn range() -> impl Strategy<Value = Range> {
    prop_oneof![
        (0_u64..50, 0_u64..50).prop_map(|(first, last)| Range::Between(first, last)),
        (0_u64..50).prop_map(Range::From),
        (0_u64..50).prop_map(Range::Last),
    ]
}
