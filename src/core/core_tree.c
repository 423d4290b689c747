/* core_tree: the search tree behind a queue of waiting legs.
 *
 * A treap ordered by age (base, then order of issue) whose nodes are the legs. "Everybody older
 * than x is overtaken once more" is an addition to a prefix: it is noted at O(log n) nodes (`add`)
 * and handed down when somebody passes by. `max_pass` finds the oldest leg at its cap in O(log n).
 * A node holds all that a walk needs in one cache line; with many waiting, a call's time is the
 * lines it touches. */
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

/* Older than everybody but those with base <= base_ms and older than `than`: a place in the order,
 * not a leg. */
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

/* Balance comes from a fixed scrambling of the slot number (the finaliser of MurmurHash3, public
 * domain). */
static uint32_t scramble(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x85ebca6bU;
    x ^= x >> 13;
    x *= 0xc2b2ae35U;
    return x ^ (x >> 16);
}

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

static void hand_down(struct core *core, int32_t leg)
{
    struct core_node *node = node_at(core, leg);
    for (int pass = 0; pass < CORE_PASS_COUNT; pass++) {
        add_to(core, node->left, (enum core_pass)pass, node->add[pass]);
        add_to(core, node->right, (enum core_pass)pass, node->add[pass]);
        node->add[pass] = 0;
    }
}

static void sum_up(struct core *core, int32_t leg)
{
    struct core_node *node = node_at(core, leg);
    node->size = 1;
    node->max_pass = node->pass[CORE_PASS_POLICY];
    int32_t children[2] = {node->left, node->right};
    for (int i = 0; i < 2; i++) {
        if (children[i] >= 0) {
            const struct core_node *child = node_at(core, children[i]);
            node->size += child->size;
            node->max_pass = child->max_pass > node->max_pass ? child->max_pass : node->max_pass;
        }
    }
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
    if (node_at(core, older)->priority > node_at(core, younger)->priority) {
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

static int32_t insert(struct core *core, int32_t root, int32_t leg)
{
    if (root < 0) {
        return leg;
    }
    if (node_at(core, leg)->priority > node_at(core, root)->priority) {
        split(core, root, leg, &node_at(core, leg)->left, &node_at(core, leg)->right);
        sum_up(core, leg);
        return leg;
    }
    hand_down(core, root);
    int32_t *side =
        node_before(core, leg, root) ? &node_at(core, root)->left : &node_at(core, root)->right;
    *side = insert(core, *side, leg);
    sum_up(core, root);
    return root;
}

static int32_t removed(struct core *core, int32_t root, int32_t leg)
{
    assert(root >= 0); /* the leg is in this queue */
    hand_down(core, root);
    if (root == leg) {
        return merge(core, node_at(core, root)->left, node_at(core, root)->right);
    }
    int32_t *side =
        node_before(core, leg, root) ? &node_at(core, root)->left : &node_at(core, root)->right;
    *side = removed(core, *side, leg);
    sum_up(core, root);
    return root;
}

void tree_insert(struct core *core, int32_t *root, int32_t leg)
{
    struct core_node *node = node_at(core, leg);
    node->base_ms = core->legs[leg].base_ms;
    node->order = core->legs[leg].visit;
    node->left = -1;
    node->right = -1;
    node->priority = scramble((uint32_t)leg);
    for (int pass = 0; pass < CORE_PASS_COUNT; pass++) {
        node->add[pass] = 0;
    }
    sum_up(core, leg);
    *root = insert(core, *root, leg);
}

void tree_remove(struct core *core, int32_t *root, int32_t leg)
{
    *root = removed(core, *root, leg);
}

int32_t tree_pass(const struct core *core, int32_t root, int32_t leg, enum core_pass pass)
{
    int32_t result = node_at(core, leg)->pass[pass];
    while (root != leg) {
        result += node_at(core, root)->add[pass];
        root =
            node_before(core, leg, root) ? node_at(core, root)->left : node_at(core, root)->right;
    }
    return result;
}

int32_t tree_first_capped(const struct core *core, int32_t leg, int32_t cap)
{
    int32_t above = 0; /* what the nodes passed would hand down */
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

bool tree_prefix_is_empty(const struct core *core, int32_t first, int64_t base_ms, int32_t than)
{
    struct prefix prefix = prefix_of(core, base_ms, than);
    return first < 0 || !in_prefix(core, first, &prefix);
}

int32_t tree_count(const struct core *core, int32_t root, int64_t base_ms, int32_t than)
{
    struct prefix prefix = prefix_of(core, base_ms, than);
    int32_t count = 0;
    while (root >= 0) {
        const struct core_node *node = node_at(core, root);
        if (in_prefix(core, root, &prefix)) {
            count += 1 + (node->left >= 0 ? node_at(core, node->left)->size : 0);
            root = node->right;
        } else {
            root = node->left;
        }
    }
    return count;
}

int32_t tree_size(const struct core *core, int32_t root)
{
    return root >= 0 ? node_at(core, root)->size : 0;
}

static void add_prefix(struct core *core, int32_t root, const struct prefix *prefix,
                       enum core_pass pass)
{
    if (root < 0) {
        return;
    }
    hand_down(core, root);
    struct core_node *node = node_at(core, root);
    if (in_prefix(core, root, prefix)) {
        node->pass[pass] += 1;
        add_to(core, node->left, pass, 1);
        add_prefix(core, node->right, prefix, pass);
    } else {
        add_prefix(core, node->left, prefix, pass);
    }
    sum_up(core, root);
}

void tree_add_pass(struct core *core, int32_t root, int64_t base_ms, int32_t than,
                   enum core_pass pass)
{
    struct prefix prefix = prefix_of(core, base_ms, than);
    add_prefix(core, root, &prefix, pass);
}

int32_t tree_after(const struct core *core, int32_t root, int32_t leg)
{
    int32_t found = -1;
    int32_t node = root;
    while (node >= 0) {
        if (node_before(core, leg, node)) {
            found = node;
            node = node_at(core, node)->left;
        } else {
            node = node_at(core, node)->right;
        }
    }
    return found;
}
