/* core_tree: the search tree behind a queue of waiting legs.
 *
 * A treap ordered by age (base, then order of issue) whose nodes are the legs, threaded in that
 * order. "Everybody older than x is overtaken once more" is an addition to a prefix: it is noted at
 * O(log n) nodes, `pass` for the node alone and `add` for all below it. A leg's true count is its
 * `pass` and the `add` of all its ancestors, so a walk that leaves the shape as it is only changes
 * the lines of its own path; counts are handed down where nodes get other ancestors. `max_pass`
 * finds the oldest leg at its cap in O(log n).
 *
 * With many waiting, a call's time is the lines it touches. A node is one cache line. Most calls
 * are about the oldest of each queue: it stands in front of the tree, not in it, so that its count
 * is at hand. What else a prefix holds is entered from its oldest upwards and not from the root: k
 * legs cost O(log k), and more only where they raise the largest count. */
#include "core_internal.h"

static struct core_node *node_at(const struct core *core, int32_t leg)
{
    return &core->nodes[leg];
}

/* The same for legs that are or are about to be in a queue, without leaving the nodes. */
static bool node_before(const struct core *core, int32_t a, int32_t b)
{
    const struct core_node *x = node_at(core, a);
    const struct core_node *y = node_at(core, b);
    return x->base_ms != y->base_ms ? x->base_ms < y->base_ms : x->order < y->order;
}

/* Those with base <= base_ms and older than `than`: a place in the order, not a leg. */
struct prefix {
    int64_t base_ms;
    int64_t than_ms;
    int32_t than_order;
};

static struct prefix prefix_of(const struct core *core, int64_t base_ms, int32_t than)
{
    struct prefix prefix = {.base_ms = base_ms, .than_ms = INT64_MAX, .than_order = INT32_MAX};
    if (than >= 0) {
        prefix.than_ms = core->legs[than].base_ms;
        prefix.than_order = core->legs[than].visit;
    }
    return prefix;
}

static bool in_prefix(const struct core *core, int32_t leg, const struct prefix *prefix)
{
    const struct core_node *node = node_at(core, leg);
    return node->base_ms <= prefix->base_ms &&
           (node->base_ms != prefix->than_ms ? node->base_ms < prefix->than_ms
                                             : node->order < prefix->than_order);
}

/* Parents have the higher priority: a fixed scrambling of the slot number (the finaliser of
 * MurmurHash3, public domain). */
static uint32_t priority_of(int32_t leg)
{
    uint32_t x = (uint32_t)leg;
    x ^= x >> 16;
    x *= 0x85ebca6bU;
    x ^= x >> 13;
    x *= 0xc2b2ae35U;
    return x ^ (x >> 16);
}

/* To a leg and all below it. */
static void add_to(struct core *core, int32_t leg, enum core_pass pass, int32_t amount)
{
    if (leg < 0 || amount == 0) {
        return;
    }
    struct core_node *node = node_at(core, leg);
    node->pass[pass] += amount;
    node->add[pass] += amount;
    if (pass == CORE_PASS_POLICY) {
        node->max_pass += amount;
    }
}

/* Before the children get another parent. */
static void hand_down(struct core *core, int32_t leg)
{
    struct core_node *node = node_at(core, leg);
    for (int pass = 0; pass < CORE_PASS_COUNT; pass++) {
        add_to(core, node->left, (enum core_pass)pass, node->add[pass]);
        add_to(core, node->right, (enum core_pass)pass, node->add[pass]);
        node->add[pass] = 0;
    }
}

/* The largest count of a child's subtree counts here, too. Did it change anything? */
static bool raise_max(struct core *core, struct core_node *node, int32_t child)
{
    int32_t before = node->max_pass;
    if (child >= 0) {
        int32_t max = node_at(core, child)->max_pass + node->add[CORE_PASS_POLICY];
        node->max_pass = max > before ? max : before;
    }
    return node->max_pass != before;
}

static void sum_max(struct core *core, struct core_node *node)
{
    node->max_pass = node->pass[CORE_PASS_POLICY];
    (void)raise_max(core, node, node->left);
    (void)raise_max(core, node, node->right);
}

static int32_t size_of(const struct core *core, int32_t leg)
{
    return leg >= 0 ? node_at(core, leg)->size : 0;
}

static void adopt(struct core *core, int32_t leg, int32_t child)
{
    if (child >= 0) {
        node_at(core, child)->parent = leg;
    }
}

/* After the children of a leg have changed. */
static void sum_up(struct core *core, int32_t leg)
{
    struct core_node *node = node_at(core, leg);
    adopt(core, leg, node->left);
    adopt(core, leg, node->right);
    node->size = 1 + size_of(core, node->left) + size_of(core, node->right);
    sum_max(core, node);
}

/* Splits into legs older than `leg` and the others. Recursion is as deep as the treap: some 40
 * levels. */
static void split(struct core *core, int32_t root, int32_t leg, int32_t *ret_older,
                  int32_t *ret_younger)
{
    if (root < 0) {
        *ret_older = -1;
        *ret_younger = -1;
        return;
    }
    hand_down(core, root);
    if (node_before(core, root, leg)) {
        split(core, node_at(core, root)->right, leg, &node_at(core, root)->right, ret_younger);
        *ret_older = root;
    } else {
        split(core, node_at(core, root)->left, leg, ret_older, &node_at(core, root)->left);
        *ret_younger = root;
    }
    sum_up(core, root);
}

static int32_t merge(struct core *core, int32_t older, int32_t younger)
{
    if (older < 0 || younger < 0) {
        return older < 0 ? younger : older;
    }
    if (priority_of(older) > priority_of(younger)) {
        hand_down(core, older);
        node_at(core, older)->right = merge(core, node_at(core, older)->right, younger);
        sum_up(core, older);
        return older;
    }
    hand_down(core, younger);
    node_at(core, younger)->left = merge(core, older, node_at(core, younger)->left);
    sum_up(core, younger);
    return younger;
}

static int32_t *side_of(struct core *core, struct core_node *node, int32_t root, int32_t leg)
{
    return node_before(core, leg, root) ? &node->left : &node->right;
}

/* The leg's count is made relative to what hangs above it on the way down. */
static int32_t insert(struct core *core, int32_t root, int32_t leg)
{
    if (root < 0) {
        return leg;
    }
    struct core_node *node = node_at(core, root);
    struct core_node *fresh = node_at(core, leg);
    if (priority_of(leg) > priority_of(root)) {
        split(core, root, leg, &fresh->left, &fresh->right);
        sum_up(core, leg);
        return leg;
    }
    for (int pass = 0; pass < CORE_PASS_COUNT; pass++) {
        fresh->pass[pass] -= node->add[pass];
    }
    fresh->max_pass = fresh->pass[CORE_PASS_POLICY];
    int32_t *side = side_of(core, node, root, leg);
    *side = insert(core, *side, leg);
    adopt(core, root, *side);
    node->size += 1;
    (void)raise_max(core, node, *side);
    return root;
}

/* The same backwards: outside a tree a leg's count is its true one. */
static int32_t removed(struct core *core, int32_t root, int32_t leg)
{
    assert(root >= 0); /* the leg is in this queue */
    struct core_node *node = node_at(core, root);
    if (root == leg) {
        hand_down(core, root);
        return merge(core, node->left, node->right);
    }
    for (int pass = 0; pass < CORE_PASS_COUNT; pass++) {
        node_at(core, leg)->pass[pass] += node->add[pass];
    }
    int32_t *side = side_of(core, node, root, leg);
    *side = removed(core, *side, leg);
    adopt(core, root, *side);
    node->size -= 1;
    sum_max(core, node);
    return root;
}

/* ---- the thread ---- */

/* The oldest that is younger than `leg`, which need not be in the tree. */
static int32_t find_younger(const struct core *core, int32_t root, int32_t leg)
{
    int32_t found = -1;
    while (root >= 0) {
        bool younger = node_before(core, leg, root);
        found = younger ? root : found;
        root = younger ? node_at(core, root)->left : node_at(core, root)->right;
    }
    return found;
}

/* Mostly the leg is the youngest. */
static void thread_in(struct core *core, struct core_tree *tree, int32_t leg)
{
    struct core_node *node = node_at(core, leg);
    node->previous = tree->last;
    node->next = -1;
    if (tree->last >= 0 && node_before(core, leg, tree->last)) {
        node->next =
            node_before(core, leg, tree->first) ? tree->first : find_younger(core, tree->root, leg);
        node->previous = node_at(core, node->next)->previous;
    }
    *(node->previous >= 0 ? &node_at(core, node->previous)->next : &tree->first) = leg;
    *(node->next >= 0 ? &node_at(core, node->next)->previous : &tree->last) = leg;
}

static void thread_out(struct core *core, struct core_tree *tree, int32_t leg)
{
    const struct core_node *node = node_at(core, leg);
    *(node->previous >= 0 ? &node_at(core, node->previous)->next : &tree->first) = node->next;
    *(node->next >= 0 ? &node_at(core, node->next)->previous : &tree->last) = node->previous;
}

/* ---- the whole ---- */

/* Into the treap, and out of it. */
static void plant(struct core *core, struct core_tree *tree, int32_t leg)
{
    struct core_node *node = node_at(core, leg);
    node->left = -1;
    node->right = -1;
    for (int pass = 0; pass < CORE_PASS_COUNT; pass++) {
        node->add[pass] = 0;
    }
    sum_up(core, leg);
    tree->root = insert(core, tree->root, leg);
    adopt(core, -1, tree->root);
}

static void uproot(struct core *core, struct core_tree *tree, int32_t leg)
{
    tree->root = removed(core, tree->root, leg);
    adopt(core, -1, tree->root);
    node_at(core, leg)->parent = -1;
}

void tree_insert(struct core *core, struct core_tree *tree, int32_t leg)
{
    struct core_node *node = node_at(core, leg);
    node->base_ms = core->legs[leg].base_ms;
    node->order = core->legs[leg].visit;
    node->parent = -1;
    thread_in(core, tree, leg);
    int32_t behind = tree->first == leg ? node->next : leg;
    if (behind >= 0) {
        plant(core, tree, behind);
    }
}

void tree_remove(struct core *core, struct core_tree *tree, int32_t leg)
{
    int32_t from_behind = tree->first == leg ? node_at(core, leg)->next : leg;
    thread_out(core, tree, leg);
    if (from_behind >= 0) {
        uproot(core, tree, from_behind);
    }
}

int32_t tree_pass(const struct core *core, int32_t leg, enum core_pass pass)
{
    int32_t result = node_at(core, leg)->pass[pass];
    for (int32_t above = node_at(core, leg)->parent; above >= 0;
         above = node_at(core, above)->parent) {
        result += node_at(core, above)->add[pass];
    }
    return result;
}

int32_t tree_first_capped(const struct core *core, const struct core_tree *tree, int32_t cap)
{
    if (tree->first >= 0 && node_at(core, tree->first)->pass[CORE_PASS_POLICY] >= cap) {
        return tree->first;
    }
    int32_t leg = tree->root;
    int32_t above = 0; /* what the nodes passed hand down */
    while (leg >= 0 && node_at(core, leg)->max_pass + above >= cap) {
        const struct core_node *node = node_at(core, leg);
        int32_t below = above + node->add[CORE_PASS_POLICY];
        if (node->left >= 0 && node_at(core, node->left)->max_pass + below >= cap) {
            leg = node->left;
        } else if (node->pass[CORE_PASS_POLICY] + above >= cap) {
            return leg;
        } else {
            leg = node->right;
        }
        above = below;
    }
    return -1;
}

/* The root of the smallest subtree that holds those of the prefix behind the oldest; -1 when there
 * are none. */
static int32_t top_of(const struct core *core, const struct core_tree *tree,
                      const struct prefix *prefix)
{
    int32_t top = -1;
    for (int32_t leg = node_at(core, tree->first)->next; leg >= 0 && in_prefix(core, leg, prefix);
         leg = node_at(core, leg)->parent) {
        top = leg;
    }
    return top;
}

int32_t tree_count(const struct core *core, const struct core_tree *tree, int64_t base_ms,
                   int32_t than)
{
    struct prefix prefix = prefix_of(core, base_ms, than);
    if (tree->first < 0 || !in_prefix(core, tree->first, &prefix)) {
        return 0;
    }
    if (base_ms == INT64_MAX && than < 0) {
        return 1 + size_of(core, tree->root);
    }
    int32_t count = 1;
    int32_t leg = top_of(core, tree, &prefix);
    while (leg >= 0) {
        const struct core_node *node = node_at(core, leg);
        bool inside = in_prefix(core, leg, &prefix);
        count += inside ? 1 + size_of(core, node->left) : 0;
        leg = inside ? node->right : node->left;
    }
    return count;
}

static void add_prefix(struct core *core, int32_t leg, const struct prefix *prefix,
                       enum core_pass pass)
{
    if (leg < 0) {
        return;
    }
    struct core_node *node = node_at(core, leg);
    if (in_prefix(core, leg, prefix)) {
        node->pass[pass] += 1;
        add_to(core, node->left, pass, 1);
        add_prefix(core, node->right, prefix, pass);
    } else {
        add_prefix(core, node->left, prefix, pass);
    }
    sum_max(core, node);
}

void tree_add_pass(struct core *core, const struct core_tree *tree, int64_t base_ms, int32_t than,
                   enum core_pass pass)
{
    struct prefix prefix = prefix_of(core, base_ms, than);
    if (tree->first < 0 || !in_prefix(core, tree->first, &prefix)) {
        return;
    }
    node_at(core, tree->first)->pass[pass] += 1;
    int32_t leg = top_of(core, tree, &prefix);
    add_prefix(core, leg, &prefix, pass);
    while (leg >= 0) {
        int32_t above = node_at(core, leg)->parent;
        bool raised = above >= 0 && raise_max(core, node_at(core, above), leg);
        leg = raised ? above : -1;
    }
}

int32_t tree_after(const struct core *core, int32_t leg)
{
    return node_at(core, leg)->next;
}
